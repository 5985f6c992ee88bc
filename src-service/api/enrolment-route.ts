import {
  ENROLMENT_PATH,
  type EnrolmentResponse,
  enrolmentRequestSchema,
} from '../../src-shared/connector/enrolment.ts';
import { hashEnrolmentToken } from '../store/enrolment-token-records.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../store/migrations.ts';
import type { ChangeContext } from '../store/unit-of-work.ts';
import { requireAdministrator } from './administrator-gate.ts';
import type { ApiOptions, ApiServer } from './api-context.ts';

/** Attempts to enrol that one address has each minute. */
const ATTEMPTS_PER_MINUTE = 60;

/** `POST /.postern/connector/enrol`: makes a connector of a certificate request (B61). */
export function registerEnrolmentRoute(server: ApiServer, options: ApiOptions): void {
  const { store, authority, addresses, clock, randomId } = options;
  const limit = { max: ATTEMPTS_PER_MINUTE, timeWindow: 60_000 };

  server.post(
    ENROLMENT_PATH,
    { schema: { body: enrolmentRequestSchema }, config: { rateLimit: limit } },
    async (request, reply): Promise<EnrolmentResponse> => {
      const { body, activityId, clientAddress } = request;
      const { enrolmentToken } = body;
      const context: ChangeContext =
        enrolmentToken === undefined
          ? { actor: await requireAdministrator(request, options), activityId, clientAddress }
          : { actor: { id: '', displayName: body.machineName, kind: 'connector' }, activityId, clientAddress };
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
