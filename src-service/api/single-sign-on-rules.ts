import type { OnPremisesPublishing } from '../../src-shared/publishing/application.ts';
import { decodeOctets } from '../../src-shared/publishing/percent-decoding.ts';
import type { SignOnHeader } from '../../src-shared/publishing/single-sign-on.ts';
import { parseRequestTarget } from '../edge/request-target.ts';
import type { FieldProblem } from './api-errors.ts';
import { canonicalHeaderName, maySaySignOn } from '../edge/sign-on/header-names.ts';
import { compileTransformations } from '../edge/sign-on/transformations.ts';

/** Tells a problem by its field within `onPremisesPublishing`. */
type Report = (field: string, message: string) => void;

/** What an application says to its backend about the user must be of one mind, and about a user who is known (B19, B80, B81). */
export function findSignOnProblems(publishing: OnPremisesPublishing): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const report: Report = (field, message) => problems.push({ target: `onPremisesPublishing.${field}`, message });
  const { singleSignOnSettings, isIdentityAssertionEnabled, externalAuthenticationType } = publishing;
  const isByHeader = singleSignOnSettings?.singleSignOnMode === 'aadHeaderBased';
  if (externalAuthenticationType === 'passthru') {
    const message = 'With passthru nobody is signed in. Set externalAuthenticationType to aadPreAuthentication';
    if (isByHeader) report('singleSignOnSettings.singleSignOnMode', `${message}, or singleSignOnMode to none.`);
    if (isIdentityAssertionEnabled) report('isIdentityAssertionEnabled', `${message}, or this to false.`);
  }
  const rules = singleSignOnSettings?.headerSignOnSettings?.rules;
  if (isByHeader && rules === undefined) {
    report(
      'singleSignOnSettings.headerSignOnSettings',
      'aadHeaderBased needs the rules that say which headers are sent.',
    );
  }
  const paths = new Set<string>();
  for (const [index, { path, headers }] of (rules ?? []).entries()) {
    const place = `singleSignOnSettings.headerSignOnSettings.rules.${index}`;
    if (parseRequestTarget(path, '')?.readings.length !== 1) {
      report(
        `${place}.path`,
        'The path contains a sequence that servers read differently. Use letters, digits and hyphens.',
      );
    }
    const decoded = decodeOctets(path).replace(/(?<!\/)\/+$/, '');
    if (paths.has(decoded)) report(`${place}.path`, `Another rule is for ${path} already.`);
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
      const message = `${header.name} has a meaning of its own in HTTP or between proxies. Choose another name, such as X-Remote-User.`;
      report(`${field}.name`, message);
    }
    if (names.has(canonical)) {
      report(
        `${field}.name`,
        `Another header of this rule is called so already, or a backend could take the two for one.`,
      );
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
      const reason = error instanceof Error ? error.message : String(error);
      report(
        `${place}.${index}.pattern`,
        `The pattern is not one of RE2, which has no look-around and no back-references: ${reason}.`,
      );
    }
  }
}
