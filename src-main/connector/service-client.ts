import { Agent, request } from 'undici';
import { z } from 'zod';
import {
  SERVICE_DESCRIPTION_PATH,
  type ServiceDescription,
  serviceDescriptionSchema,
} from '../../src-shared/connector/service-description.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { reasonSchema } from '../../src-shared/errors/reason-schema.ts';
import { makeReason, sayReason } from '../../src-shared/errors/reasons.ts';
import { isErrorCode } from '../../src-shared/errors/registry.ts';
import { parseServiceAddress } from '../../src-shared/ipc/service-address.ts';
import { describeServiceError } from './service-errors.ts';
import { serviceConnector, type WaysToService } from './service-connector.ts';

const RESPONSE_TIMEOUT_MS = 15_000;
/** Answers of the service are small; what is larger comes from something else. */
const MAX_RESPONSE_BYTES = 262_144;

/** How the service words an error: as Graph does, or as RFC 9457. */
const errorBodySchema = z.union([
  z
    .object({ error: z.object({ code: z.string(), message: z.string(), reason: reasonSchema }) })
    .transform(({ error }) => error),
  z
    .object({ code: z.string(), detail: z.string().optional(), title: z.string().optional() })
    .transform(({ code, detail, title }) => ({ code, message: detail ?? title ?? '', reason: undefined })),
]);

/** Few questions to a service, before there is a tunnel. Close it when they are asked. */
export class ServiceClient {
  readonly serviceUrl: string;
  readonly #agent: Agent;

  /**
   * @param address of the service, as a person typed it.
   * @throws PosternError `SERVICE_ADDRESS_INVALID`.
   */
  constructor(address: string, ways: WaysToService) {
    const { url, problem } = parseServiceAddress(address);
    if (url === null) {
      throw new PosternError('SERVICE_ADDRESS_INVALID', { message: problem, target: 'serviceUrl' });
    }
    this.serviceUrl = url;
    this.#agent = new Agent({
      connect: serviceConnector(ways),
      headersTimeout: RESPONSE_TIMEOUT_MS,
      bodyTimeout: RESPONSE_TIMEOUT_MS,
      maxResponseSize: MAX_RESPONSE_BYTES,
    });
  }

  /** What the service says it is. @throws PosternError `SERVICE_…`, `SERVICE_NOT_POSTERN` when it is something else. */
  async describe(): Promise<ServiceDescription> {
    const { status, body } = await this.#ask('GET', SERVICE_DESCRIPTION_PATH, null, {});
    const description = serviceDescriptionSchema.safeParse(body);
    if (status === 200 && description.success) return description.data;
    if (status >= 500) throw refused(this.serviceUrl, status, body);
    throw new PosternError('SERVICE_NOT_POSTERN', {
      reason: makeReason('serviceNotPostern', { host: this.serviceUrl, status }),
    });
  }

  /**
   * Posts JSON and returns the answer's JSON.
   * @throws PosternError with the service's own code where it named one, else `SERVICE_REFUSED`, or `SERVICE_…`.
   */
  async post(path: string, body: unknown, headers: Readonly<Record<string, string>>): Promise<unknown> {
    const answer = await this.#ask('POST', path, JSON.stringify(body), {
      'content-type': 'application/json',
      ...headers,
    });
    if (answer.status >= 200 && answer.status < 300) return answer.body;
    throw refused(this.serviceUrl, answer.status, answer.body);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #ask(
    method: 'GET' | 'POST',
    path: string,
    body: string | null,
    headers: Readonly<Record<string, string>>,
  ): Promise<{ status: number; body: unknown }> {
    try {
      const response = await request(this.serviceUrl + path, {
        dispatcher: this.#agent,
        method,
        body,
        headers: { accept: 'application/json', ...headers },
      });
      const text = await response.body.text();
      return { status: response.statusCode, body: parseJson(text) };
    } catch (error) {
      throw describeServiceError(error, this.serviceUrl);
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function refused(serviceUrl: string, status: number, body: unknown): PosternError {
  const parsed = errorBodySchema.safeParse(body);
  if (parsed.success && isErrorCode(parsed.data.code)) {
    const { code, message, reason } = parsed.data;
    return new PosternError(code, message === '' ? {} : { message, reason });
  }
  const reason = makeReason('serviceStatus', { host: serviceUrl, status });
  if (!parsed.success || parsed.data.message === '') return new PosternError('SERVICE_REFUSED', { reason });
  return new PosternError('SERVICE_REFUSED', { message: `${sayReason(reason)} ${parsed.data.message}` });
}
