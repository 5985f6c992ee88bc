import { makeReason, type Reason } from '../../src-shared/errors/reasons.ts';
import type { OnPremisesPublishing } from '../../src-shared/publishing/application.ts';
import { decodeOctets } from '../../src-shared/publishing/percent-decoding.ts';
import type { SignOnHeader } from '../../src-shared/publishing/single-sign-on.ts';
import { parseRequestTarget } from '../edge/request-target.ts';
import { type FieldProblem, fieldProblem } from '../../src-shared/errors/fields-error.ts';
import { canonicalHeaderName, maySaySignOn } from '../edge/sign-on/header-names.ts';
import { compileTransformations } from '../edge/sign-on/transformations.ts';

/** Tells a problem by its field within `onPremisesPublishing`. */
type Report = (field: string, reason: Reason) => void;

/** What an application says to its backend about the user must be of one mind, and about a user who is known (B19, B80, B81). */
export function findSignOnProblems(publishing: OnPremisesPublishing): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const report: Report = (field, reason) => problems.push(fieldProblem(`onPremisesPublishing.${field}`, reason));
  const { singleSignOnSettings, isIdentityAssertionEnabled, externalAuthenticationType } = publishing;
  const isByHeader = singleSignOnSettings?.singleSignOnMode === 'aadHeaderBased';
  if (externalAuthenticationType === 'passthru') {
    if (isByHeader) report('singleSignOnSettings.singleSignOnMode', makeReason('headersWithoutSignIn'));
    if (isIdentityAssertionEnabled) report('isIdentityAssertionEnabled', makeReason('assertionWithoutSignIn'));
  }
  const rules = singleSignOnSettings?.headerSignOnSettings?.rules;
  if (isByHeader && rules === undefined) {
    report('singleSignOnSettings.headerSignOnSettings', makeReason('headerRulesMissing'));
  }
  const paths = new Set<string>();
  for (const [index, { path, headers }] of (rules ?? []).entries()) {
    const place = `singleSignOnSettings.headerSignOnSettings.rules.${index}`;
    if (parseRequestTarget(path, '')?.readings.length !== 1) {
      report(`${place}.path`, makeReason('ambiguousPath'));
    }
    const decoded = decodeOctets(path).replace(/(?<!\/)\/+$/, '');
    if (paths.has(decoded)) report(`${place}.path`, makeReason('headerRuleTwice', { path }));
    paths.add(decoded);
    checkHeaders(`${place}.headers`, headers, report);
  }
  return problems;
}

function checkHeaders(place: string, headers: readonly SignOnHeader[], report: Report): void {
  const names = new Set<string>();
  for (const [index, header] of headers.entries()) {
    const field = `${place}.${index}`;
    const canonical = canonicalHeaderName(header.name);
    if (!maySaySignOn(header.name)) {
      report(`${field}.name`, makeReason('headerReserved', { name: header.name }));
    }
    if (names.has(canonical)) {
      report(`${field}.name`, makeReason('headerTwice'));
    }
    names.add(canonical);
    if (header.source !== 'constant') checkPatterns(`${field}.transformations`, header.transformations, report);
  }
}

function checkPatterns(place: string, steps: Parameters<typeof compileTransformations>[0], report: Report): void {
  for (const [index, step] of steps.entries()) {
    try {
      compileTransformations([step]);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      report(`${place}.${index}.pattern`, makeReason('patternWrong', { detail }));
    }
  }
}
