import { makeReason, type Reason } from '../../src-shared/errors/reasons.ts';
import type { OnPremisesPublishing } from '../../src-shared/publishing/application.ts';
import { ALL } from '../../src-shared/publishing/conditional-access.ts';
import { type FieldProblem, fieldProblem } from '../../src-shared/errors/fields-error.ts';

/** Characters of all `acrValues` and `amrValues` of an application: they travel through the address of a sign-in. */
const MAX_REQUIRED_CHARACTERS = 512;

/** Conditions must name what there is, and ask nothing of users whom nobody signs in (B19). */
export function findAccessProblems(publishing: OnPremisesPublishing): FieldProblem[] {
  const { conditionalAccessPolicies: policies, externalAuthenticationType } = publishing;
  const problems: FieldProblem[] = [];
  const names = new Set<string>();
  const segmentUrls = urlsOf(publishing);
  for (const [index, { displayName, conditions, grantControls }] of policies.entries()) {
    const report = (field: string, reason: Reason): void => {
      problems.push(fieldProblem(`onPremisesPublishing.conditionalAccessPolicies.${index}.${field}`, reason));
    };
    if (names.has(displayName)) report('displayName', makeReason('policyTwice', { name: displayName }));
    names.add(displayName);
    const isBlock = grantControls?.builtInControls.includes('block') === true;
    if (externalAuthenticationType === 'passthru' && (conditions.users !== null || !isBlock)) {
      report(isBlock ? 'conditions.users' : 'grantControls', makeReason('policyWithoutSignIn'));
    }
    for (const list of ['includeSegments', 'excludeSegments'] as const) {
      for (const [at, url] of (conditions.segments?.[list] ?? []).entries()) {
        if ((url === ALL && list === 'includeSegments') || segmentUrls.has(url)) continue;
        report(`conditions.segments.${list}.${at}`, makeReason('policySegmentUnknown', { url }));
      }
    }
  }
  const required = policies.flatMap(({ grantControls }) => [
    ...(grantControls?.acrValues ?? []),
    ...(grantControls?.amrValues ?? []),
  ]);
  if (required.join(' ').length > MAX_REQUIRED_CHARACTERS) {
    const reason = makeReason('policyTooLong', { most: MAX_REQUIRED_CHARACTERS });
    problems.push(fieldProblem('onPremisesPublishing.conditionalAccessPolicies', reason));
  }
  return problems;
}

function urlsOf({ externalUrl, segmentsConfiguration }: OnPremisesPublishing): Set<string> {
  const segments = segmentsConfiguration?.applicationSegments ?? [];
  const urls = segments.flatMap((segment) => [segment.externalUrl, segment.alternateUrl ?? segment.externalUrl]);
  return new Set(segments.length === 0 ? [externalUrl] : urls);
}
