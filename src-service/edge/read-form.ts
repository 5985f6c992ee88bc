import type { UserRequest } from '../relay/user-http.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';

const MAX_FORM_BYTES = 64 * 1024;

/** Reads a form body (`application/x-www-form-urlencoded`). @throws PosternError `EDGE_BAD_REQUEST` for another type or a long one */
export async function readForm(request: UserRequest): Promise<URLSearchParams> {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw new PosternError('EDGE_BAD_REQUEST', { message: 'The body must be a form.' });
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_FORM_BYTES) throw new PosternError('EDGE_BAD_REQUEST', { message: 'The form is too long.' });
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
