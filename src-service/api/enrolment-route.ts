import type { FastifyRequest } from 'fastify';
import {
  ENROLMENT_PATH,
  type EnrolmentResponse,
  enrolmentRequestSchema,
} from '../../src-shared/connector/enrolment.ts';
import { hashEnrolmentToken } from '../store/enrolment-token-records.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../store/migrations.ts';
import type { ChangeContext } from '../store/unit-of-work.ts';
import { clientKey } from '../../src-shared/addresses/client-key.ts';
import { RequestRate } from '../edge/request-rate.ts';
import { requireAdministrator } from './administrator-gate.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';
import { readIdempotencyKey } from './change-request.ts';
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
    { schema: { body: enrolmentRequestSchema }, config: { rateLimit: limit, isCreation: true } },
    async (request, reply): Promise<EnrolmentResponse> => {
      const { body, activityId, clientAddress } = request;
      const { enrolmentToken } = body;
      const client = clientKey(clientAddress);
      admit(client);
      const administrator = await authorize(request, enrolmentToken).catch((error: unknown) => {
        if (isCredentialRefusal(error)) pauses.refused(client, performance.now());
        throw error;
      });
      // A connector whose answer was lost asks again with the same key and request, and becomes no second one.
      const header = administrator === null ? undefined : request.headers['idempotency-key'];
      const asked = header === undefined ? null : readIdempotencyKey(request, [header].flat().join());
      const known = asked === null ? null : await store.idempotentAnswers.find(asked);
      if (known !== null) {
        reply.code(201).header('Idempotency-Replayed', 'true');
        return JSON.parse(known.body) as EnrolmentResponse;
      }
      const actor = administrator ?? { id: '', displayName: body.machineName, kind: 'connector' };
      const connectorId = randomId();
      const issued = await authority.signRequest(body.certificateSigningRequest, connectorId);
      const answer = async (connectorGroupId: string): Promise<EnrolmentResponse> => ({
        connectorId,
        displayName: body.displayName,
        connectorGroupId,
        connectorGroupName: (await store.connectorGroups.find(connectorGroupId))?.name ?? '',
        certificateChain: [...issued.certificateChain],
        certificateExpiryDateTime: new Date(issued.expiryMs).toISOString(),
        tunnelUrl: addresses.tunnelUrl,
        tunnelAudience: addresses.tunnelAudience,
      });
      const wantedGroupId = body.connectorGroupId ?? DEFAULT_CONNECTOR_GROUP_ID;
      const kept = asked === null ? null : JSON.stringify(await answer(wantedGroupId));
      const context: ChangeContext = {
        actor,
        activityId,
        clientAddress,
        ...(asked !== null &&
          kept !== null && {
            beforeCommit: async (db) => store.idempotentAnswers.keep(db, asked, { location: null, body: kept }),
          }),
      };
      const connector = await store.connectors.enrol(
        {
          id: connectorId,
          displayName: body.displayName,
          machineName: body.machineName,
          version: body.version,
          connectorGroupId: wantedGroupId,
          certificateSerial: issued.serialNumber,
          certificateExpiresAtMs: issued.expiryMs,
          createdAtMs: clock(),
          lastSeenAtMs: null,
          externalIp: clientAddress,
        },
        enrolmentToken === undefined ? null : hashEnrolmentToken(enrolmentToken),
        context,
      );
      options.log.info({ connectorId, activityId, machineName: body.machineName }, 'connector.enrolled');
      reply.code(201);
      return answer(connector.connectorGroupId);
    },
  );
}
