import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { axios } from 'acme-client';
import { Agent, request } from 'undici';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { CERTIFICATE_LIMITS } from '../certificate-limits.ts';

/** What of axios's request the library uses. */
interface AcmeRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: { toJSON(): Record<string, string> };
  readonly data?: string;
}

/**
 * Has the library ask by undici, with bounds on time and size, the authority's own root, and no redirects. Its axios would
 * sit out any Retry-After with the queue behind it, and replaces the reason of a failed connection by a TypeError.
 * The library has one HTTP client for the process, and so has this.
 * @throws PosternError `CONFIG_INVALID` when `acme.caFile` can't be read
 */
export function boundAcmeRequests(caFile: string | undefined): void {
  const timeoutMs = CERTIFICATE_LIMITS.acmeRequestMs;
  const dispatcher = new Agent({
    connect: {
      timeout: timeoutMs,
      ...(caFile !== undefined && { ca: [...getCACertificates('default'), readCaFile(caFile)] }),
    },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: CERTIFICATE_LIMITS.maxUploadBytes,
  });
  axios.defaults.adapter = (async ({ url, method, headers, data }: AcmeRequest): Promise<object> => {
    const answer = await request(url, {
      method: method.toUpperCase(),
      headers: headers.toJSON(),
      dispatcher,
      // A few requests in weeks: no connection is worth keeping.
      reset: true,
      ...(data !== undefined && { body: data }),
    });
    return { status: answer.statusCode, statusText: '', headers: answer.headers, data: await answer.body.text() };
    // axios declares its own class of headers, and takes plain ones.
  }) as never;
}

function readCaFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new PosternError('CONFIG_INVALID', {
      message: `acme.caFile: ${file} can't be read: ${String(error)}.`,
      cause: error,
    });
  }
}
