import type { Answer } from './answer.ts';
import type { PublishedApplication } from './published-application.ts';

/** `/robots.txt` of a host (RFC 9309): what is published here is not for search engines (B9). */
export const ROBOTS_ANSWER: Answer = {
  status: 200,
  headers: ['Content-Type', 'text/plain; charset=utf-8', 'Cache-Control', 'max-age=86400'],
  body: 'User-agent: *\nDisallow: /\n',
};

/** Whether `/robots.txt` is ours to answer: unless it lies in an application that has one of its own. */
export function isRobotsExcluded(published: PublishedApplication | undefined): boolean {
  return published?.application.onPremisesPublishing.isRobotsExclusionEnabled !== false;
}
