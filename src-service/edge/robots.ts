import type { Answer } from './answer.ts';

/** `/robots.txt` of every host (RFC 9309): what is published here is not for search engines (B9). */
export const ROBOTS_ANSWER: Answer = {
  status: 200,
  headers: ['Content-Type', 'text/plain; charset=utf-8', 'Cache-Control', 'max-age=86400'],
  body: 'User-agent: *\nDisallow: /\n',
};
