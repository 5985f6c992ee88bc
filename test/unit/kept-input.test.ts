import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { KeptInputs } from '../../src-main/app/kept-inputs.ts';
import { freshDraft, keepDraft, readKeptDraft } from '../../src-renderer/features/wizard/kept-draft.ts';
import type { CallArguments } from '../../src-shared/ipc/contract.ts';

const OWNER = 'https://access.example alice@contoso.example';
const FORM = { task: { kind: 'publish' }, draft: { displayName: 'Half-filled', description: '' } };

/** Of the main process. */
let kept: KeptInputs;
/** What Chromium writes to the disk. */
let stored: Map<string, string>;

beforeEach(() => {
  kept = new KeptInputs();
  stored = new Map<string, string>();
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => stored.set(key, value),
  };
  vi.stubGlobal('sessionStorage', storage);
  vi.stubGlobal('localStorage', storage);
  const postern = {
    readKeptInputs: async () => ({ ok: true, value: kept.all }),
    keepInput: async ({ form, text }: CallArguments<'keepInput'>) => {
      kept.keep(form, text);
      return { ok: true };
    },
  };
  vi.stubGlobal('window', { postern });
});

/** A process of the window. */
async function startWindow() {
  vi.resetModules();
  const window = await import('../../src-renderer/stores/kept-input.ts');
  await window.loadKeptInputs();
  return window;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('what was typed outlives the process of the window, and is not on the disk', async () => {
  (await startWindow()).keepInput('application', OWNER, FORM);
  const { readKeptInput, forgetInput } = await startWindow();
  expect(readKeptInput('application', OWNER, null)).toEqual(FORM);
  expect(stored).toEqual(new Map());
  forgetInput('application');
  expect(readKeptInput('application', OWNER, null)).toBeNull();
  expect((await startWindow()).readKeptInput('application', OWNER, null)).toBeNull();
});

test('fixed values of headers, which may be secrets, were kept on the disk by the wizard', () => {
  const fresh = freshDraft('gate-house', 'http://hr.corp.example/');
  const withRules = (headers: object) => {
    const headerSignOnSettings = JSON.stringify({ rules: [{ path: '/', headers: [headers] }] });
    const settings = { ...fresh.application.settings, headerSignOnSettings };
    return { ...fresh, application: { ...fresh.application, displayName: 'HR', settings } };
  };
  keepDraft(withRules({ name: 'X-Key', source: 'constant', value: 'Gh7-secret' }));
  expect([...stored.values()].join()).not.toContain('Gh7-secret');
  expect(readKeptDraft(fresh).application).toMatchObject({ displayName: 'HR', settings: { headerSignOnSettings: '' } });
  const harmless = withRules({ name: 'X-User', source: 'claim', claim: 'name' });
  keepDraft(harmless);
  expect(readKeptDraft(fresh).application.settings.headerSignOnSettings).toContain('X-User');
});

test('a form that is larger than a window may keep took the whole window away', async () => {
  const { keepInput, readKeptInput } = await startWindow();
  keepInput('application', OWNER, FORM);
  const large = { ...FORM, draft: { ...FORM.draft, description: 'x'.repeat(6_000_000) } };
  keepInput('application', OWNER, large);
  expect(readKeptInput('application', OWNER, null)).toEqual(FORM);
  expect((await startWindow()).readKeptInput('application', OWNER, null)).toEqual(FORM);
});

test.each([
  ['at one service', 'https://elsewhere.example alice@contoso.example'],
  ['by one account', 'https://access.example bob@contoso.example'],
  ['by somebody who signed out', null],
])('the form of an application that was filled in %s stood there for another', async (_by, owner) => {
  const { keepInput, readKeptInput } = await startWindow();
  keepInput('application', OWNER, FORM);
  expect(readKeptInput('application', owner, null)).toBeNull();
  expect(readKeptInput('application', OWNER, null)).toEqual(FORM);
});

test('what was typed over settings that are others by now does not stand before them', async () => {
  const { keepInput, readKeptInput } = await startWindow();
  keepInput('retention', { recordDays: 30 }, { recordDays: '3' });
  expect(readKeptInput('retention', { recordDays: 30 }, null)).toEqual({ recordDays: '3' });
  expect(readKeptInput('retention', { recordDays: 7 }, null)).toBeNull();
  expect(readKeptInput('proxy', { recordDays: 30 }, null)).toBeNull();
});
