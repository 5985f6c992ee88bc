import type { OnPremisesPublishing } from '../../src-shared/publishing/application.ts';
import { ALL } from '../../src-shared/publishing/conditional-access.ts';
import type { FieldProblem } from './api-errors.ts';

/** Characters of all `acrValues` and `amrValues` of an application: they travel through the address of a sign-in. */
const MAX_REQUIRED_CHARACTERS = 512;

/** Conditions must name what there is, and ask nothing of users whom nobody signs in (B19). */
export function findAccessProblems(publishing: OnPremisesPublishing): FieldProblem[] {
  const { conditionalAccessPolicies: policies, externalAuthenticationType } = publishing;
  const problems: FieldProblem[] = [];
  const names = new Set<string>();
  const segmentUrls = urlsOf(publishing);
  for (const [index, { displayName, conditions, grantControls }] of policies.entries()) {
    const report = (field: string, message: string): void => {
      problems.push({ target: `onPremisesPublishing.conditionalAccessPolicies.${index}.${field}`, message });
    };
    if (names.has(displayName)) report('displayName', `Another policy of this application is called ${displayName}.`);
    names.add(displayName);
    const isBlock = grantControls?.builtInControls.includes('block') === true;
    if (externalAuthenticationType === 'passthru' && (conditions.users !== null || !isBlock)) {
      const message =
        'With passthru nobody is signed in: only block works there, by locations and times. Set externalAuthenticationType to aadPreAuthentication for the rest.';
      report(isBlock ? 'conditions.users' : 'grantControls', message);
    }
    for (const list of ['includeSegments', 'excludeSegments'] as const) {
      for (const [at, url] of (conditions.segments?.[list] ?? []).entries()) {
        if ((url === ALL && list === 'includeSegments') || segmentUrls.has(url)) continue;
        report(`conditions.segments.${list}.${at}`, `This application has no segment with the external URL ${url}.`);
      }
    }
  }
  const required = policies.flatMap(({ grantControls }) => [
    ...(grantControls?.acrValues ?? []),
    ...(grantControls?.amrValues ?? []),
  ]);
  if (required.join(' ').length > MAX_REQUIRED_CHARACTERS) {
    const message = `All acrValues and amrValues together may have ${MAX_REQUIRED_CHARACTERS} characters.`;
    problems.push({ target: 'onPremisesPublishing.conditionalAccessPolicies', message });
  }
  return problems;
}

function urlsOf({ externalUrl, segmentsConfiguration }: OnPremisesPublishing): Set<string> {
  const segments = segmentsConfiguration?.applicationSegments ?? [];
  const urls = segments.flatMap((segment) => [segment.externalUrl, segment.alternateUrl ?? segment.externalUrl]);
  return new Set(segments.length === 0 ? [externalUrl] : urls);
}
