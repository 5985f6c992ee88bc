import { z } from 'zod';
import { isErrorCode, type ErrorCode } from '../../src-shared/errors/registry.ts';
import { FieldsError } from '../../src-shared/errors/fields-error.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { reasonSchema } from '../../src-shared/errors/reason-schema.ts';
import { describeServiceFailure, type Fetch } from '../app/net-errors.ts';

export interface AdminApiOptions {
  /** Base of the API, without a trailing slash. */
  readonly baseUrl: string;
  readonly fetch: Fetch;
  /** Told when the service refuses even a fresh token. */
  readonly onUnauthenticated: () => void;
  /** @param rejected the token that was refused just now: another one is wanted */
  readonly accessToken: (rejected?: string) => Promise<string>;
}

const detailSchema = z.object({ message: z.string(), target: z.string(), reason: reasonSchema });

const errorBodySchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    target: z.string().optional(),
    reason: reasonSchema,
    details: z.array(detailSchema).optional().catch(undefined),
    innerError: z.object({ code: z.string().optional(), target: z.string().optional() }).optional(),
  }),
});

/** Beside those of every request. */
type MoreHeaders = Readonly<Record<string, string>>;

const REQUEST_TIMEOUT_MS = 30_000;

/** The admin API of the service, in the name of the administrator who is signed in. */
export class AdminApi {
  readonly #options: AdminApiOptions;

  constructor(options: AdminApiOptions) {
    this.#options = options;
  }

  /** @throws PosternError as the API says it; `SERVICE_…` where no answer came; `ADMIN_SIGNIN_REQUIRED`. */
  async get<Result>(path: string, schema: z.ZodType<Result>): Promise<Result> {
    return this.#parse(await this.#send('GET', path), schema, path);
  }

  /** All pages of a collection, in order; at most `MAX_PAGES` of them. */
  async list<Item>(path: string, item: z.ZodType<Item>): Promise<Item[]> {
    const MAX_PAGES = 100;
    const pageSchema = z.object({ value: z.array(item), '@odata.nextLink': z.string().optional() });
    const items: Item[] = [];
    let next: string | undefined = path;
    for (let page = 0; next !== undefined && page < MAX_PAGES; page += 1) {
      const answer: z.infer<typeof pageSchema> = await this.get(next, pageSchema);
      items.push(...answer.value);
      const link = answer['@odata.nextLink'];
      next = link === undefined ? undefined : this.#relative(link);
    }
    return items;
  }

  /** @param idempotencyKey with which the service makes nothing twice */
  async post<Result>(path: string, body: unknown, schema: z.ZodType<Result>, idempotencyKey?: string): Promise<Result> {
    const headers = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
    return this.#parse(await this.#send('POST', path, body, headers), schema, path);
  }

  /** Does what is answered with no body. */
  async act(path: string, body?: unknown): Promise<void> {
    await this.#send('POST', path, body);
  }

  /** @param ifMatch the version that is changed, and no other */
  async patch(path: string, body: unknown, ifMatch?: string): Promise<void> {
    await this.#send('PATCH', path, body, ifMatch === undefined ? {} : { 'if-match': ifMatch });
  }

  async delete(path: string): Promise<void> {
    await this.#send('DELETE', path);
  }

  /** A link to a next page must stay within the API: the token goes along with it. */
  #relative(link: string): string {
    if (!link.startsWith(`${this.#options.baseUrl}/`)) {
      throw new PosternError('SERVICE_REFUSED', { message: `The service points to a page outside its API: ${link}` });
    }
    return link.slice(this.#options.baseUrl.length);
  }

  async #send(method: string, path: string, body?: unknown, headers: MoreHeaders = {}): Promise<string> {
    const token = await this.#options.accessToken();
    const answer = await this.#ask(method, path, token, body, headers);
    if (answer.response.ok) return answer.text;
    if (answer.response.status !== 401) throw readApiError(answer.response.status, answer.text);
    // The token may have been good when it was taken: a clock, a key or a session at the provider has changed since.
    const another = await this.#options.accessToken(token);
    const { response, text } = await this.#ask(method, path, another, body, headers);
    if (response.ok) return text;
    if (response.status === 401) this.#options.onUnauthenticated();
    throw readApiError(response.status, text);
  }

  async #ask(
    method: string,
    path: string,
    token: string,
    body: unknown,
    headers: MoreHeaders,
  ): Promise<{ readonly response: Response; readonly text: string }> {
    try {
      const response = await this.#options.fetch(this.#options.baseUrl + path, {
        method,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      return { response, text: await response.text() };
    } catch (error) {
      throw describeServiceFailure(error, this.#options.baseUrl);
    }
  }

  #parse<Result>(text: string, schema: z.ZodType<Result>, path: string): Result {
    try {
      return schema.parse(JSON.parse(text));
    } catch (error) {
      throw new PosternError('SERVICE_REFUSED', {
        message: `The answer of the service to ${path} is not what this version understands. Update the older of the two.`,
        cause: error,
      });
    }
  }
}

/** The error that an answer of the API carries; the status decides where its code isn't one of the registry. */
function readApiError(status: number, text: string): PosternError {
  const body = parseErrorBody(text);
  const error = body?.error;
  const code = [error?.code, error?.innerError?.code].find(isErrorCode) ?? codeOfStatus(status);
  if (code === 'API_INVALID' && error?.details !== undefined && error.details.length > 0) {
    return new FieldsError(error.details);
  }
  return new PosternError(code, {
    message: error?.message ?? `The service answered with status ${status}.`,
    reason: error?.reason,
    target: error?.target ?? error?.innerError?.target,
  });
}

function parseErrorBody(text: string): z.infer<typeof errorBodySchema> | null {
  try {
    return errorBodySchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'API_UNAUTHENTICATED';
  if (status === 403) return 'API_FORBIDDEN';
  if (status === 404) return 'API_NOT_FOUND';
  if (status === 409) return 'API_CONFLICT';
  if (status === 429) return 'API_RATE_LIMITED';
  return status < 500 ? 'API_INVALID' : 'SERVICE_REFUSED';
}
