import { randomInt } from 'node:crypto';

import { derivedGuid } from './identity-provider/entra-claims.ts';
import type { ProviderUser } from './identity-provider/provider-configuration.ts';

/** The domain of the trial's tenant; `.example` never resolves (RFC 2606). */
const TRIAL_DOMAIN = 'contoso.example';

const WORDS = [
  'amber',
  'birch',
  'cedar',
  'delta',
  'ember',
  'fjord',
  'grove',
  'heron',
  'ivory',
  'jetty',
  'kayak',
  'lilac',
  'maple',
  'north',
  'ocean',
  'pearl',
  'quilt',
  'river',
  'slate',
  'tulip',
  'umber',
  'violet',
  'willow',
  'yarrow',
];

/** Three words and a number: easy to type from a terminal, new for each trial. */
function makePassword(): string {
  const words = [0, 1, 2].map(() => WORDS[randomInt(WORDS.length)]);
  return `${words.join('-')}-${randomInt(10, 100)}`;
}

/** alice and bob, who use applications, and admin, who publishes them; object ids are always the same. */
export function makeTrialUsers(): ProviderUser[] {
  const person = (name: string, displayName: string, groups: readonly string[], apiRoles: string[]): ProviderUser => ({
    id: derivedGuid('user', name),
    name,
    password: makePassword(),
    displayName,
    userPrincipalName: `${name}@${TRIAL_DOMAIN}`,
    groups: groups.map((group) => derivedGuid('group', group)),
    apiRoles,
    signInRoles: [],
    claims: {},
  });
  return [
    person('alice', 'Alice Archer', ['Everyone', 'Finance'], []),
    person('bob', 'Bob Baker', ['Everyone'], []),
    person('admin', 'Ada Admin', ['Everyone', 'Administrators'], ['Application.Administrator']),
  ];
}
