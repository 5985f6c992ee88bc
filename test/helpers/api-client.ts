import { rememberSecret } from './test-log.ts';

/** An answer of the admin API, its body parsed; null where there is none. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // The tests look into bodies of many shapes; what they expect is said there.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export type ApiClient = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<ApiAnswer>;

/** Calls the admin API with a token; paths are below `baseUrl`, or whole URLs. Octets are sent as they are, all else as JSON. */
export function makeApiClient(baseUrl: string, token: string | null): ApiClient {
  if (token !== null) rememberSecret('access token', token);
  return async (method, path, body, headers) => {
    const isOctets = body instanceof Uint8Array;
    const type = isOctets ? 'application/octet-stream' : 'application/json';
    const response = await fetch(path.startsWith('http') ? path : baseUrl + path, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': type }),
        ...headers,
      },
      ...(body !== undefined && { body: isOctets ? new Uint8Array(body) : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = text === '' ? null : JSON.parse(text);
    if (typeof answer?.token === 'string') rememberSecret('enrolment token', answer.token);
    return { status: response.status, headers: response.headers, body: answer };
  };
}
