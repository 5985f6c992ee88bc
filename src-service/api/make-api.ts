import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { type ZodTypeProvider, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { ADMIN_API_PATH } from '../config/service-addresses.ts';
import { ACTIVITY_ID_HEADER } from '../edge/activity.ts';
import { clientKey } from '../../src-shared/addresses/client-key.ts';
import { ClientRates } from '../edge/client-rates.ts';
import { ChangeTried } from '../store/unit-of-work.ts';
import type { UserRequest, UserResponse } from '../relay/user-http.ts';
import { registerAccessEvaluationRoute } from './access-evaluation-route.ts';
import { requireAdministrator } from './administrator-gate.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';
import { requireAcceptable } from './acceptable-answers.ts';
import { allowedMethods } from './allowed-methods.ts';
import { FieldsError } from '../../src-shared/errors/fields-error.ts';
import { apiErrorBody, problemsOf, toApiError } from './api-errors.ts';
import type { ApiRoute } from './api-route.ts';
import { registerApplicationLogoRoutes } from './application-logo-routes.ts';
import { registerApplicationRoutes } from './application-routes.ts';
import { registerBatchRoute } from './batch-route.ts';
import { registerBodyCaptureRoutes } from './body-capture-routes.ts';
import { registerCertificateHostRoutes } from './certificate-host-routes.ts';
import { registerCertificateRoutes } from './certificate-routes.ts';
import { addChangeHooks } from './change-request.ts';
import { registerConfigurationStatusRoute } from './configuration-status-route.ts';
import { registerConnectorGroupRoutes } from './connector-group-routes.ts';
import { registerConnectorRoutes } from './connector-routes.ts';
import { registerDirectoryAuditRoutes } from './directory-audit-routes.ts';
import { registerEnrolmentRoute } from './enrolment-route.ts';
import { registerEnrolmentTokenRoutes } from './enrolment-token-routes.ts';
import { registerHealthRoutes } from './health-routes.ts';
import { registerIdentityProviderRoutes } from './identity-provider-routes.ts';
import { addApiDocument } from './openapi/api-document.ts';
import { registerDocumentRoutes } from './openapi/document-routes.ts';
import { registerPosternRoutes } from './postern-routes.ts';
import { type ProblemList, isOfField } from './problem-list.ts';
import { TooManyAttempts, isCredentialRefusal } from './refusal-pauses.ts';
import { registerServiceDescriptionRoute } from './service-description-route.ts';
import { registerServicePrincipalRoutes } from './service-principal-routes.ts';
import { registerSessionRoutes } from './session-routes.ts';
import { registerTrafficFailureRoute } from './traffic-failure-route.ts';
import { registerTrafficRoutes } from './traffic-routes.ts';
import { registerTrafficStreamRoute } from './traffic-stream-route.ts';

const BODY_LIMIT_BYTES = 1024 * 1024;
/** Tokens of one address that may be refused before the next is not looked at; a script with an old one harms its neighbours little. */
const REFUSED_TOKENS_PER_SECOND = 5;
const REFUSED_TOKENS_BURST_MS = 20_000;
/** Addresses whose rate is kept in mind. */
const RATE_LIMIT_ADDRESSES = 10_000;

/** The admin API, enrolment and the service description, without a listener of its own. */
export interface Api {
  /** Answers a request of the service's own host. The activity id is taken from the response's header where it is set. */
  handle(request: UserRequest, response: UserResponse): void;
  /** Every route, with its parameters by name (`/graph/beta/applications/:id`). @internal for tests */
  readonly routes: readonly ApiRoute[];
  close(): Promise<void>;
}

/** Makes the API; resolves when it can take requests. */
export async function makeApi(options: ApiOptions): Promise<Api> {
  const refuse = (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    // A path that can't be decoded comes without what requests are decorated with.
    const problems = request.problems ?? null;
    if (thrown instanceof ChangeTried && problems === null) return reply.code(204).send();
    const error = problems === null ? toApiError(thrown) : withBodyProblems(problems, thrown);
    const activityId = takeActivityId(reply, options);
    const isOurs = error.definition.audience === 'bug' || error.definition.status >= 500;
    const { method, administrator, clientAddress } = request;
    const path = request.url.split('?', 1)[0];
    const caller = administrator && {
      id: administrator.id,
      kind: administrator.kind,
      clientId: administrator.clientId,
    };
    const refusal = { activityId, method, path, clientAddress, caller, code: error.code, err: thrown };
    options.log[isOurs ? 'error' : 'info'](refusal, 'api.refused');
    if (error instanceof TooManyAttempts) reply.header('Retry-After', String(error.retryAfterSeconds));
    if (error.definition.status === 401) reply.header('WWW-Authenticate', 'Bearer');
    if (error.code === 'API_FORBIDDEN') reply.header('WWW-Authenticate', 'Bearer error="insufficient_scope"');
    return reply.code(error.definition.status).send(apiErrorBody(error, activityId, options.clock()));
  };
  const server: ApiServer = fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    // What goes wrong before a route is found (a path that can't be decoded) doesn't pass the error handler.
    frameworkErrors: (thrown, request, reply) => void refuse(thrown, request, reply),
  }).withTypeProvider<ZodTypeProvider>();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  server.decorateRequest('administrator', null);
  server.decorateRequest('activityId', '');
  server.decorateRequest('clientAddress', '');
  server.decorateRequest('isTrial', false);
  server.decorateRequest('idempotent', null);
  server.decorateRequest('problems', null);
  server.addHook('onRequest', async (request, reply) => {
    request.activityId = takeActivityId(reply, options);
    request.clientAddress = options.clientAddress(request.raw);
    reply.header('Cache-Control', 'no-store');
  });
  const routes: ApiRoute[] = [];
  server.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, path: url });
  });
  server.setErrorHandler(refuse);
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = allowedMethods(routes, path).join(', ');
    if (allowed === '') {
      throw new PosternError('API_NOT_FOUND', { message: `There is nothing at ${request.method} ${path}.` });
    }
    reply.header('Allow', allowed);
    throw new PosternError('API_METHOD_NOT_ALLOWED', { message: `${path} takes ${allowed}, not ${request.method}.` });
  });
  await server.register(rateLimit, {
    global: false,
    cache: RATE_LIMIT_ADDRESSES,
    keyGenerator: (request) => clientKey(request.clientAddress),
  });
  await addApiDocument(server, options);
  const refusals = new ClientRates(REFUSED_TOKENS_PER_SECOND, REFUSED_TOKENS_BURST_MS);
  registerEnrolmentRoute(server, options);
  registerServiceDescriptionRoute(server, options);
  registerDocumentRoutes(server);
  await server.register(
    async (scope: ApiServer) => {
      scope.addHook('onRequest', async (request) => {
        const address = request.clientAddress;
        if (!refusals.allows(address, performance.now())) throw new TooManyAttempts(1000);
        request.administrator = await requireAdministrator(request, options).catch((error: unknown) => {
          if (isCredentialRefusal(error)) refusals.take(address, performance.now());
          throw error;
        });
      });
      scope.addHook('onRequest', requireAcceptable);
      addChangeHooks(scope, options);
      registerApplicationRoutes(scope, options);
      registerApplicationLogoRoutes(scope, options);
      registerConnectorRoutes(scope, options);
      registerConnectorGroupRoutes(scope, options);
      registerServicePrincipalRoutes(scope, options);
      registerSessionRoutes(scope, options);
      registerIdentityProviderRoutes(scope, options);
      registerCertificateRoutes(scope, options);
      registerCertificateHostRoutes(scope, options);
      registerEnrolmentTokenRoutes(scope, options);
      registerAccessEvaluationRoute(scope, options);
      registerConfigurationStatusRoute(scope, options);
      registerBodyCaptureRoutes(scope, options);
      registerDirectoryAuditRoutes(scope, options);
      registerPosternRoutes(scope, options);
      registerHealthRoutes(scope, options);
      registerTrafficRoutes(scope, options);
      registerTrafficFailureRoute(scope, options);
      registerTrafficStreamRoute(scope, options);
      registerBatchRoute(scope, server, options);
    },
    { prefix: ADMIN_API_PATH },
  );
  await server.ready();
  return {
    handle: (request, response) => {
      // The edge leaves it to whoever reads the body to ask for it (RFC 9110, section 10.1.1).
      if (/^100-continue$/i.test(request.headers.expect ?? '')) response.writeContinue();
      // Some clients say of what type the body is that they don't send. Fastify would wait for its end, which was before.
      if (request.readableEnded) delete request.headers['content-type'];
      // Fastify takes both kinds; its type is that of the kind it would listen for itself.
      server.routing(request as IncomingMessage, response as ServerResponse);
    },
    routes,
    close: () => server.close(),
  };
}

/** What the schema found wrong with a body goes before what the rest of it led to. */
function withBodyProblems(problems: ProblemList, thrown: unknown): PosternError {
  const rest = thrown instanceof ChangeTried ? null : toApiError(thrown);
  // A body that is refused anyway is no reason to speak of what went wrong with it within.
  if (rest !== null && !isOfField(rest) && rest.definition.status < 500) return rest;
  if (rest !== null && isOfField(rest)) problems.add(problemsOf(rest));
  return new FieldsError(problems.found);
}

/** The id that the edge set on the response; where it set none, a new one, set likewise. */
function takeActivityId(reply: FastifyReply, { randomId }: Pick<ApiOptions, 'randomId'>): string {
  const given = reply.raw.getHeader(ACTIVITY_ID_HEADER) ?? reply.getHeader(ACTIVITY_ID_HEADER);
  if (typeof given === 'string') return given;
  const activityId = randomId();
  reply.header(ACTIVITY_ID_HEADER, activityId);
  return activityId;
}
