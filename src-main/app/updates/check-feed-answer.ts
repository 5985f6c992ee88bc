import { PosternError } from '../../../src-shared/errors/postern-error.ts';

/**
 * That a feed has what was asked for, and that a redirection has not led from https to anything less.
 * @throws PosternError `UPDATE_FEED_UNREACHABLE`, `UPDATE_FEED_INVALID`, `PROXY_AUTHENTICATION`
 */
export function checkFeedAnswer(response: Response, url: string): void {
  // The proxy's answer, which Chromium hands on.
  if (response.status === 407) throw new PosternError('PROXY_AUTHENTICATION');
  const { protocol, host } = new URL(url);
  if (response.url !== '' && new URL(response.url).protocol !== protocol) {
    throw new PosternError('UPDATE_FEED_INVALID', {
      message: `${host} leads to ${response.url}, which is no ${protocol}`,
    });
  }
  if (response.ok) return;
  const code = response.status >= 500 ? 'UPDATE_FEED_UNREACHABLE' : 'UPDATE_FEED_INVALID';
  throw new PosternError(code, { message: `${url} is answered with status ${response.status}.` });
}
