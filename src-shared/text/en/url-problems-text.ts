import { URL_PROBLEMS, type UrlProblemKey } from '../../errors/url-problems.ts';

/** What is wrong with an address that was typed: in English as both ends have it. */
export const urlProblemsText: Readonly<Record<UrlProblemKey, string>> = URL_PROBLEMS;
