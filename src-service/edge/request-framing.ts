import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { UserRequest } from '../relay/user-http.ts';

/**
 * What Node's strict parser lets pass of an HTTP/1 head although another server might read it otherwise (RFC 9112 sections
 * 2.3, 6.1 and 11.2). A request with such a head is answered and ends its connection: where it ends, and so what follows,
 * is in doubt.
 *
 * @returns null where there is one way to read it
 */
export function findFramingProblem(request: UserRequest): PosternError | null {
  const { headers, httpVersion } = request;
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return refusal('Its version of HTTP is neither 1.1 nor 1.0.');
  const coding = headers['transfer-encoding'];
  if (coding !== undefined) {
    if (httpVersion === '1.0') return refusal('HTTP/1.0 has no Transfer-Encoding.');
    // Several fields come as a list. A coding beside it is one that nobody would take off.
    if (coding.toLowerCase() !== 'chunked') return refusal('The only Transfer-Encoding is chunked, once.');
  }
  const { expect } = headers;
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    return refusal('The only expectation is 100-continue.');
  }
  return null;
}

/** Whether a request may switch protocols: one with a body is answered as it is (RFC 9110 section 7.8 allows that). */
export function maySwitchProtocols({ headers }: UserRequest): boolean {
  const { upgrade } = headers;
  return (
    headers['transfer-encoding'] === undefined &&
    (headers['content-length'] ?? '0') === '0' &&
    // An offer of HTTP/2 without TLS may be ignored (RFC 9113 section 3.1).
    upgrade?.toLowerCase().includes('h2c') !== true
  );
}

function refusal(message: string): PosternError {
  return new PosternError('EDGE_BAD_REQUEST', { message });
}
