import type { FastifyInstance, FastifyReply, FastifyRequest, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FastifyBaseLogger } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';
import type { Application } from '../../src-shared/publishing/application.ts';
import type { AcmeManager } from '../certificates/acme/acme-manager.ts';
import type { CertificateShelf } from '../certificates/certificate-shelf.ts';
import type { ServiceAddresses } from '../config/service-addresses.ts';
import type { ServiceConfiguration } from '../config/service-configuration.ts';
import type { AccessEvaluation, AccessEvaluationRequest } from '../edge/conditional-access/evaluate-access.ts';
import type { Administrator } from '../identity/administrator-tokens.ts';
import type { ConnectorAuthority } from '../identity/connector-authority.ts';
import type { ConnectorConfigurations } from '../publishing/connector-configurations.ts';
import type { ConnectorPresence } from '../relay/relay-types.ts';
import type { Traffic } from '../traffic/traffic.ts';
import type { Store } from '../store/store.ts';
import type { ChangeContext } from '../store/unit-of-work.ts';
import { requireMatch } from './entity-tags.ts';

/** What the API works on. */
export interface ApiOptions {
  readonly configuration: ServiceConfiguration;
  readonly addresses: ServiceAddresses;
  readonly serviceVersion: string;
  readonly store: Store;
  readonly authority: Pick<ConnectorAuthority, 'signRequest'>;
  readonly certificates: CertificateShelf;
  /** Null where no ACME authority is configured. */
  readonly acme: Pick<AcmeManager, 'statusOf' | 'retry'> | null;
  /** The hosts of the service itself. */
  readonly ownHosts: readonly string[];
  /** The external hosts at which applications are published; `*.example.com` for a wildcard. */
  readonly publishedHosts: () => readonly { readonly hostname: string; readonly applicationId: string }[];
  /** Each published application once. */
  readonly publishedApplications: () => readonly Application[];
  /** What would become of a request for a published address. */
  readonly evaluateAccess: (question: AccessEvaluationRequest) => AccessEvaluation;
  readonly administratorTokens: { verify(bearer: string): Promise<Administrator> };
  /** The connectors that stand, as the relay sees them now. */
  readonly liveConnectors: () => readonly ConnectorPresence[];
  /** What connectors are given, in memory. */
  readonly configurations: Pick<ConnectorConfigurations, 'connectors' | 'groups' | 'findSizeProblemWith'>;
  /** What goes through this node. */
  readonly traffic: Traffic;
  /** Address of the client, trusted proxies taken into account. */
  readonly clientAddress: (request: IncomingMessage) => string;
  readonly clock: () => number;
  readonly randomId: () => string;
  readonly log: Logger;
}

/** A Fastify instance whose schemas are zod's. */
export type ApiServer = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; null on the routes that ask for no administrator. */
    administrator: Administrator | null;
    activityId: string;
    /** IP address of the client, trusted proxies taken into account. */
    clientAddress: string;
  }
}

/** What a creation is answered with. */
export interface CreationAnswer {
  readonly location: string | null;
  readonly body: object;
}

/**
 * The caller as the audit names them, with what they ask of the change: that the thing is still as they know it (`If-Match`),
 * that it is only tried, that the answer is kept with it (`Idempotency-Key`). Only behind the administrator gate.
 */
export function changeContext(request: FastifyRequest, created?: CreationAnswer): ChangeContext {
  const { isTrial, idempotent, method } = request;
  const ifMatch = method === 'POST' ? undefined : request.headers['if-match'];
  return {
    ...followUpContext(request),
    isTrial,
    ...(ifMatch !== undefined && { beforeChange: (entry) => requireMatch(ifMatch, entry) }),
    ...(created !== undefined &&
      idempotent !== null && {
        beforeCommit: (db) => idempotent.keep(db, { ...created, body: JSON.stringify(created.body) }),
      }),
  };
}

/** The caller as the audit names them, for what follows from a change that was made already. */
export function followUpContext(request: FastifyRequest): ChangeContext {
  const { administrator, activityId, clientAddress } = request;
  if (administrator === null) throw new TypeError('A change was asked for on a route without the administrator gate.');
  const { id, displayName, kind } = administrator;
  return { actor: { id, displayName, kind }, activityId, clientAddress };
}

/** Answers a creation as it was promised. */
export function sendCreated(reply: FastifyReply, { location, body }: CreationAnswer): FastifyReply {
  if (location !== null) reply.header('Location', location);
  if ('@odata.etag' in body) reply.header('ETag', String(body['@odata.etag']));
  return reply.code(201).send(body);
}
