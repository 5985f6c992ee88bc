import type { FastifyRequest } from 'fastify';
import {
  ENROLMENT_PATH,
  type EnrolmentResponse,
  enrolmentRequestSchema,
} from '../../src-shared/connector/enrolment.ts';
import { hashEnrolmentToken } from '../store/enrolment-token-records.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../store/migrations.ts';
import type { ChangeContext } from '../store/unit-of-work.ts';
import { clientKey } from '../edge/client-key.ts';
import { RequestRate } from '../edge/request-rate.ts';
import { requireAdministrator } from './administrator-gate.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';
import { RefusalPauses, TooManyAttempts, isCredentialRefusal } from './refusal-pauses.ts';

/** Attempts to enrol that one address has each minute, and all have each second, a minute's worth of which may come at once. */
const ATTEMPTS_PER_MINUTE = 60;
const ALL_ATTEMPTS_PER_SECOND = 20;
const MINUTE_MS = 60_000;

/** `POST /.postern/connector/enrol`: makes a connector of a certificate request (B61). */
export function registerEnrolmentRoute(server: ApiServer, options: ApiOptions): void {
  const { store, authority, addresses, clock, randomId } = options;
  const limit = { max: ATTEMPTS_PER_MINUTE, timeWindow: MINUTE_MS };
  const pauses = new RefusalPauses();
  const all = new RequestRate(ALL_ATTEMPTS_PER_SECOND, MINUTE_MS);
  const admit = (client: string): void => {
    const nowMs = performance.now();
    pauses.admit(client, nowMs);
    if (!all.allows(nowMs)) throw new TooManyAttempts(MINUTE_MS);
    all.take(nowMs);
  };
  const authorize = async (
    request: FastifyRequest,
    enrolmentToken: string | undefined,
  ): Promise<ChangeContext['actor'] | null> => {
    if (enrolmentToken === undefined) return requireAdministrator(request, options);
    // Before anything is signed for whoever asks; used up with the connector, in one transaction.
    await store.enrolmentTokens.check(hashEnrolmentToken(enrolmentToken));
    return null;
  };

  server.post(
    ENROLMENT_PATH,
    { schema: { body: enrolmentRequestSchema }, config: { rateLimit: limit } },
    async (request, reply): Promise<EnrolmentResponse> => {
      const { body, activityId, clientAddress } = request;
      const { enrolmentToken } = body;
      const client = clientKey(clientAddress);
      admit(client);
      const administrator = await authorize(request, enrolmentToken).catch((error: unknown) => {
        if (isCredentialRefusal(error)) pauses.refused(client, performance.now());
        throw error;
      });
      const actor = administrator ?? { id: '', displayName: body.machineName, kind: 'connector' };
      const context: ChangeContext = { actor, activityId, clientAddress };
      const connectorId = randomId();
      const issued = await authority.signRequest(body.certificateSigningRequest, connectorId);
      const connector = await store.connectors.enrol(
        {
          id: connectorId,
          displayName: body.displayName,
          machineName: body.machineName,
          version: body.version,
          connectorGroupId: body.connectorGroupId ?? DEFAULT_CONNECTOR_GROUP_ID,
          certificateSerial: issued.serialNumber,
          certificateExpiresAtMs: issued.expiryMs,
          createdAtMs: clock(),
          lastSeenAtMs: null,
          externalIp: clientAddress,
        },
        enrolmentToken === undefined ? null : hashEnrolmentToken(enrolmentToken),
        context,
      );
      const group = await store.connectorGroups.find(connector.connectorGroupId);
      options.log.info({ connectorId, activityId, machineName: body.machineName }, 'connector.enrolled');
      reply.code(201);
      return {
        connectorId,
        displayName: connector.displayName,
        connectorGroupId: connector.connectorGroupId,
        connectorGroupName: group?.name ?? '',
        certificateChain: [...issued.certificateChain],
        certificateExpiryDateTime: new Date(issued.expiryMs).toISOString(),
        tunnelUrl: addresses.tunnelUrl,
        tunnelAudience: addresses.tunnelAudience,
      };
    },
  );
}
