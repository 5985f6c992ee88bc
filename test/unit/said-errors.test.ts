import { describe, expect, test } from 'vitest';
import { describeProblem, remedyFor as remedyOfEngine } from '../../src-main/connector/remedies.ts';
import { SpokenError, tellError } from '../../src-main/app/spoken-error.ts';
import { fieldProblem, FieldsError } from '../../src-shared/errors/fields-error.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { isReasonKey, makeReason, REASONS, sayReason } from '../../src-shared/errors/reasons.ts';
import { type ErrorCode, ERRORS } from '../../src-shared/errors/registry.ts';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';
import { URL_PROBLEMS } from '../../src-shared/errors/url-problems.ts';
import {
  remedyFor,
  sayCause,
  sayCauseInShort,
  sayError,
  sayProblem,
  summaryOf,
} from '../../src-shared/text/say-error.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];

describe('errors in the language of the person', () => {
  test('every code has a sentence in every language, and German has its own', () => {
    for (const code of CODES) {
      expect(summaryOf(code, 'en')).toBe(ERRORS[code].summary);
      expect(summaryOf(code, 'de')).toMatch(/^\p{Lu}.*[^.]\.$/u);
      expect(summaryOf(code, 'de')).not.toBe(ERRORS[code].summary);
    }
  });

  test('everything that is said of addresses has a sentence in German', () => {
    for (const [key, sentence] of Object.entries(URL_PROBLEMS)) {
      expect(CATALOGUES.en.urlProblems).toHaveProperty(key, sentence);
      expect(CATALOGUES.de.urlProblems).toHaveProperty(key, expect.not.stringContaining(sentence));
    }
    expect(CATALOGUES.de.urlProblems.length).toContain(/\d+/.exec(URL_PROBLEMS.length)?.[0]);
  });

  test('what the engine has a way out for, every language has', () => {
    const byItself = remedyOfEngine('STREAM_INTERNAL');
    const withRemedy = CODES.filter((code) => remedyOfEngine(code) !== byItself);
    expect(withRemedy.length).toBeGreaterThan(20);
    for (const code of withRemedy) {
      for (const language of ['en', 'de'] as const) expect([code, remedyFor(code, language)]).not.toContain(null);
    }
  });

  test('what the service or the engine says in English stands behind the sentence of the code', () => {
    const error = new PosternError('API_CONFLICT', { message: 'There is a connector group "Berlin" already.' });
    expect(sayError(error, 'en')).toBe('There is a connector group "Berlin" already.');
    expect(sayError(error, 'de')).toBe(
      'Die Änderung stößt sich an etwas, das es schon gibt. (There is a connector group "Berlin" already)',
    );
    expect(sayError(new PosternError('API_IN_USE'), 'de')).toBe(CATALOGUES.de.errorSummaries.API_IN_USE);
  });

  test('every reason has a sentence in German, and names nothing that the English one does not', () => {
    const named = (sentence: string): string[] => [...sentence.matchAll(/\{\w+\}/g)].map(([name]) => name);
    for (const [key, sentence] of Object.entries(CATALOGUES.de.reasons)) {
      if (!isReasonKey(key)) throw new Error(`${key} is no reason.`);
      expect(sentence).not.toBe(REASONS[key]);
      expect(named(REASONS[key])).toEqual(expect.arrayContaining(named(sentence)));
    }
    expect(Object.keys(CATALOGUES.de.reasons).sort()).toEqual(Object.keys(REASONS).sort());
  });

  test('what has a reason is said whole in German, each field by the name that the form has for it', () => {
    const taken = makeReason('groupNameTaken', { name: 'Berlin' });
    const error = new PosternError('API_CONFLICT', { reason: taken });
    expect(error.message).toBe('There is a connector group "Berlin" already.');
    expect(sayError(error, 'de')).toBe('Eine Connectorgruppe „Berlin“ gibt es schon.');
    expect(sayReason({ key: 'groupNameTaken', parameters: {} })).toBe('There is a connector group "…" already.');
    const fields = new FieldsError([
      fieldProblem('onPremisesPublishing.externalUrl', makeReason('ownHost', { host: 'postern.example' })),
      fieldProblem('onPremisesPublishing.singleSignOnSettings.headerSignOnSettings', makeReason('headerRulesMissing')),
      { target: 'somethingElse', message: 'is not allowed' },
    ]);
    expect(fields.message).toMatch(
      /^onPremisesPublishing\.externalUrl: postern\.example is .*\(and 2 more: see details\)$/,
    );
    expect(tellError(fields, 'de')).toBe(
      'Externe URL: postern.example ist der Host des Dienstes selbst. Wählen Sie für die Anwendung einen anderen. ' +
        'Einmaliges Anmelden (headerSignOnSettings): Es fehlen die Regeln, die sagen, welche Header gesendet werden. ' +
        'Ein Feld hat einen Wert, der nicht erlaubt ist. (is not allowed)',
    );
    expect(tellError(fields, 'en')).toMatch(/^External URL: postern\.example is the service's own host\./);
  });

  test('a cause whose code is not known stays as it is', () => {
    expect(sayCause('BACKEND_REFUSED', 'connect ECONNREFUSED', 'de')).toMatch(/^Die .* \(connect ECONNREFUSED\)$/);
    expect(sayCause('FROM_THE_FUTURE', 'Something new.', 'de')).toBe('Something new.');
    expect(sayCause(null, null, 'de')).toBeNull();
  });

  test('a list that speaks German had an English sentence in each row', () => {
    const cause = 'Nothing listens at intranet port 80: the connection was refused (connect ECONNREFUSED).';
    expect(sayCauseInShort('BACKEND_REFUSED', cause, 'de')).toBe(summaryOf('BACKEND_REFUSED', 'de'));
    expect(sayCauseInShort('BACKEND_REFUSED', cause, 'en')).toBe(cause);
    expect(sayCauseInShort(null, 'HTTP 503', 'de')).toBe('HTTP 503');
  });

  test('a trouble of the engine comes with its way out', () => {
    const problem = {
      code: 'TUNNEL_REVOKED',
      message: ERRORS.TUNNEL_REVOKED.summary,
      remedy: 'Enrol.',
      atMs: 0,
    } as const;
    expect(sayProblem(problem, 'en')).toEqual({ message: problem.message, remedy: 'Enrol.' });
    expect(sayProblem(problem, 'de')).toEqual({
      message: CATALOGUES.de.errorSummaries.TUNNEL_REVOKED,
      remedy: CATALOGUES.de.remedies.TUNNEL_REVOKED,
    });
    expect(sayProblem({ ...problem, code: 'TUNNEL_CLOSED' }, 'de').remedy).toBe(CATALOGUES.de.problems.triesAgain);
  });

  test('a trouble of a tunnel stood in English behind its German sentence', () => {
    const reason = makeReason('tunnelSilent', { seconds: 15 });
    const silent = describeProblem(new PosternError('TUNNEL_TIMEOUT', { reason }), 0);
    expect(sayProblem(silent, 'en').message).toBe('The service was silent for 15 s.');
    expect(sayProblem(silent, 'de').message).toBe('Der Dienst hat 15 s lang geschwiegen.');
    const forTheLog = describeProblem(new PosternError('TUNNEL_PROTOCOL', { message: 'CHALLENGE came twice.' }), 0);
    expect(sayProblem(forTheLog, 'de').message).toBe(CATALOGUES.de.errorSummaries.TUNNEL_PROTOCOL);
  });

  test('the app’s own errors speak for themselves', () => {
    const error = new SpokenError('API_INVALID', (text) => text.onlyHttps('ftp://x'));
    expect(tellError(error, 'de')).toBe(CATALOGUES.de.problems.onlyHttps('ftp://x'));
    expect(error.message).toBe(CATALOGUES.en.problems.onlyHttps('ftp://x'));
  });
});
