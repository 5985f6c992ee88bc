import { PosternError } from '../../src-shared/errors/postern-error.ts';
import {
  SERVICE_DESCRIPTION_PATH,
  type ServiceDescription,
  serviceDescriptionSchema,
} from '../../src-shared/connector/service-description.ts';
import type { ServiceSummary } from '../../src-shared/ipc/window-models.ts';
import { parseServiceAddress } from '../../src-shared/ipc/service-address.ts';
import { describeServiceFailure, type Fetch } from './net-errors.ts';
import { SpokenError } from './spoken-error.ts';

const PROBE_TIMEOUT_MS = 10_000;
const MAX_DESCRIPTION_CHARACTERS = 256 * 1024;

/** A service that answered as one. */
export interface ProbedService {
  /** Origin, without a trailing slash. */
  readonly serviceUrl: string;
  readonly description: ServiceDescription;
  /** The service's clock at its answer, ms since the epoch; null where it sent no `Date`. */
  readonly serviceTimeMs: number | null;
  readonly roundTripMs: number;
}

/**
 * Asks an address whether it is a Postern service.
 * @throws PosternError `SERVICE_ADDRESS_INVALID`, `SERVICE_UNRESOLVED`, `SERVICE_UNREACHABLE`, `SERVICE_CERTIFICATE`,
 *   `SERVICE_NOT_POSTERN`, `SERVICE_REFUSED`; the message says what to try.
 */
export async function probeService(fetch: Fetch, address: string): Promise<ProbedService> {
  const parsed = parseServiceAddress(address);
  if (parsed.problem !== null) {
    const { reason, origin } = parsed;
    throw new SpokenError('SERVICE_ADDRESS_INVALID', (text) => text.address[reason](origin), { target: 'url' });
  }
  const serviceUrl = parsed.url;
  const beganAtMs = performance.now();
  let response: Response;
  let body: string;
  try {
    response = await fetch(serviceUrl + SERVICE_DESCRIPTION_PATH, {
      headers: { accept: 'application/json' },
      redirect: 'manual',
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    body = await response.text();
  } catch (error) {
    throw describeServiceFailure(error, serviceUrl);
  }
  // The proxy's answer, which Chromium hands on.
  if (response.status === 407) throw new PosternError('PROXY_AUTHENTICATION');
  const description = response.ok ? parseDescription(body) : null;
  if (description === null) throw notPostern(serviceUrl, response.status);
  const date = Date.parse(response.headers.get('date') ?? '');
  return {
    serviceUrl,
    description,
    serviceTimeMs: Number.isNaN(date) ? null : date,
    roundTripMs: performance.now() - beganAtMs,
  };
}

/** The part of a description that the window shows. */
export function summariseService(serviceUrl: string, description: ServiceDescription): ServiceSummary {
  const { displayName, version, applicationsDomain, applicationsScheme, applicationsPort } = description;
  return { serviceUrl, displayName, version, applicationsDomain, applicationsScheme, applicationsPort };
}

function parseDescription(body: string): ServiceDescription | null {
  if (body.length > MAX_DESCRIPTION_CHARACTERS) return null;
  try {
    return serviceDescriptionSchema.parse(JSON.parse(body));
  } catch {
    return null;
  }
}

function notPostern(serviceUrl: string, status: number): PosternError {
  const host = new URL(serviceUrl).host;
  if (status >= 500) return new SpokenError('SERVICE_REFUSED', ({ service }) => service.status(host, status));
  return new SpokenError('SERVICE_NOT_POSTERN', ({ service }) => service.notPostern(host));
}
