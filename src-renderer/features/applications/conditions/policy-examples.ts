import type { Catalogue } from '../../../../src-shared/text/catalogue.ts';
import { makePolicy, makeTimeWindow, NO_CONTROLS, type PolicyDraft } from './policy-draft.ts';

export interface PolicyExample {
  readonly title: string;
  readonly hint: string;
  readonly policy: PolicyDraft;
}

/** A network that is still to be given: it is refused until it is. */
const NETWORK_TO_GIVE = '';

/** Policies to begin from. */
export function policyExamples(text: Catalogue['conditions'], timeZone: string): readonly PolicyExample[] {
  const { ourNetwork, mfaOutside, officeHours } = text.examples;
  const outside = { includeLocations: ['All'], excludeLocations: [NETWORK_TO_GIVE] };
  const block = { ...NO_CONTROLS, builtInControls: ['block' as const] };
  const make = (title: string, changes: Pick<PolicyDraft, 'grantControls'>, conditions: object): PolicyDraft => {
    const policy = { ...makePolicy(title), ...changes };
    return { ...policy, conditions: { ...policy.conditions, ...conditions } };
  };
  return [
    { ...ourNetwork, policy: make(ourNetwork.title, { grantControls: block }, { locations: outside }) },
    {
      ...mfaOutside,
      policy: make(
        mfaOutside.title,
        { grantControls: { ...NO_CONTROLS, builtInControls: ['mfa'] } },
        { locations: outside },
      ),
    },
    {
      ...officeHours,
      policy: make(
        officeHours.title,
        { grantControls: block },
        { times: { includeTimes: [], excludeTimes: [makeTimeWindow(timeZone)] } },
      ),
    },
  ];
}
