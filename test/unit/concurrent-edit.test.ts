import { expect, test } from 'vitest';
import {
  type ApplicationDraft,
  emptyDraft,
  patchOf,
} from '../../src-renderer/features/applications/application-draft.ts';
import { findOverlap, rebase } from '../../src-renderer/features/applications/concurrent-edit.ts';

/** Two administrators who have the same application open. */

const service = {
  serviceUrl: 'https://postern.example.com',
  displayName: 'Contoso Access',
  version: '0.1.0',
  applicationsDomain: 'apps.example.com',
  applicationsScheme: 'https' as const,
  applicationsPort: 443,
};
const base: ApplicationDraft = { ...emptyDraft('http://hr.corp.example/'), displayName: 'HR', externalLabel: 'hr' };
const withSettings = (settings: Partial<ApplicationDraft['settings']>): ApplicationDraft => ({
  ...base,
  settings: { ...base.settings, ...settings },
});

test('of two who each added a condition the second lost that of the first', () => {
  const policy = (name: string): string =>
    JSON.stringify([
      {
        displayName: name,
        conditions: { users: { includeUsers: ['All'] } },
        grantControls: { builtInControls: ['block'] },
      },
    ]);
  const theirs = withSettings({ conditionalAccessPolicies: policy('Theirs') });
  const mine = withSettings({ conditionalAccessPolicies: policy('Mine'), maximumRequestsPerSecond: '20' });
  expect(findOverlap(mine, base, theirs, service)).toEqual(['onPremisesPublishing.conditionalAccessPolicies']);
  // Saved once more, it was told.
  const again = rebase(mine, base, theirs, service);
  expect(findOverlap(again, theirs, theirs, service)).toEqual([]);
  expect(again.settings.conditionalAccessPolicies).toBe(policy('Mine'));
});

test('what only one of two has changed is kept as that one has it', () => {
  const theirs = { ...withSettings({ maximumConcurrentRequests: '7' }), description: 'Theirs' };
  const mine = { ...withSettings({ maximumRequestsPerSecond: '20' }), access: 'everyone' as const };
  expect(findOverlap(mine, base, theirs, service)).toEqual([]);
  const both = rebase(mine, base, theirs, service);
  expect(both).toMatchObject({
    description: 'Theirs',
    access: 'everyone',
    settings: { maximumRequestsPerSecond: '20', maximumConcurrentRequests: '7' },
  });
  expect(patchOf(theirs, both, service)).toEqual({
    appRoleAssignmentRequired: false,
    onPremisesPublishing: { maximumRequestsPerSecond: 20 },
  });
});

test('an application that one let everybody sign in to was opened to anybody by the other, without a word', () => {
  const theirs = { ...base, access: 'everyone' as const };
  const mine = { ...base, access: 'anyone' as const };
  for (const [one, other] of [
    [mine, theirs],
    [theirs, mine],
  ] as const) {
    expect(findOverlap(one, base, other, service)).toEqual(['appRoleAssignmentRequired']);
    expect(findOverlap(one, other, other, service)).toEqual([]);
  }
  expect(findOverlap(mine, base, mine, service)).toEqual([]);
});

test('the same change by both is no conflict, and an address is one thing however it is typed', () => {
  const renamed = { ...base, displayName: 'People' };
  expect(findOverlap(renamed, base, renamed, service)).toEqual([]);
  const moved = { ...base, customExternalUrl: 'https://people.example.com/' };
  expect(rebase({ ...base, description: 'Mine' }, base, moved, service)).toMatchObject({
    customExternalUrl: 'https://people.example.com/',
    description: 'Mine',
  });
  const elsewhere = { ...base, externalLabel: 'people' };
  expect(findOverlap(elsewhere, base, moved, service)).toEqual(['onPremisesPublishing.externalUrl']);
  expect(rebase(elsewhere, base, moved, service)).toMatchObject({ externalLabel: 'people', customExternalUrl: null });
});
