import {
  ENROLMENT_PATH,
  type EnrolmentRequest,
  enrolmentResponseSchema,
} from '../../src-shared/connector/enrolment.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { makeReason } from '../../src-shared/errors/reasons.ts';
import { type CertificateRequest, makeCertificateSigningRequest } from './certificate-request.ts';
import type { ConnectorIdentity } from './connector-identity.ts';
import { ServiceClient } from './service-client.ts';
import type { WaysToService } from './service-connector.ts';

/** By what right a connector enrols (B61): a one-time token, or an administrator's access token. */
export type EnrolmentAuthorization =
  | { readonly kind: 'enrolmentToken'; readonly token: string }
  | {
      readonly kind: 'administrator';
      readonly accessToken: string;
      /** With the same key and the same `certificateRequest`, the service answers as the first time. */
      readonly idempotencyKey?: string | undefined;
    };

export interface EnrolmentOptions {
  /** Address of the service, as a person typed it. */
  readonly serviceUrl: string;
  readonly authorization: EnrolmentAuthorization;
  readonly displayName: string;
  readonly machineName: string;
  readonly version: string;
  readonly connectorGroupId?: string | undefined;
  /** Made anew where absent. */
  readonly certificateRequest?: CertificateRequest | undefined;
  readonly ways: WaysToService;
}

/**
 * Makes a key, has the service sign it, and returns who the connector is from now on. Nothing is saved, and the
 * authorization is kept nowhere.
 * @throws PosternError `SERVICE_…` when the service can't be reached or isn't one, `ENROLMENT_…` or `API_…` as it answers.
 */
export async function enrol(options: EnrolmentOptions): Promise<ConnectorIdentity> {
  const client = new ServiceClient(options.serviceUrl, options.ways);
  try {
    await client.describe();
    const { privateKey, certificateSigningRequest } =
      options.certificateRequest ?? (await makeCertificateSigningRequest());
    const { authorization } = options;
    const body: EnrolmentRequest = {
      displayName: options.displayName,
      machineName: options.machineName,
      version: options.version,
      certificateSigningRequest,
      ...(options.connectorGroupId === undefined ? {} : { connectorGroupId: options.connectorGroupId }),
      ...(authorization.kind === 'enrolmentToken' ? { enrolmentToken: authorization.token } : {}),
    };
    const answer = await client.post(
      ENROLMENT_PATH,
      body,
      authorization.kind === 'administrator' ? administratorHeaders(authorization) : {},
    );
    const response = enrolmentResponseSchema.safeParse(answer);
    if (!response.success) {
      throw new PosternError('SERVICE_REFUSED', {
        reason: makeReason('serviceAnswerUnreadable'),
        cause: response.error,
      });
    }
    if (client.serviceUrl.startsWith('https:') && !response.data.tunnelUrl.startsWith('wss:')) {
      throw new PosternError('SERVICE_REFUSED', {
        reason: makeReason('serviceTunnelsPlain', { url: response.data.tunnelUrl }),
      });
    }
    const { connectorId, displayName, connectorGroupName, tunnelUrl, tunnelAudience, certificateChain } = response.data;
    return {
      format: 1,
      connectorId,
      displayName,
      connectorGroupName,
      serviceUrl: client.serviceUrl,
      tunnelUrl,
      tunnelAudience,
      privateKey,
      certificateChain,
      certificateExpiryMs: Date.parse(response.data.certificateExpiryDateTime),
    };
  } finally {
    await client.close();
  }
}

function administratorHeaders(
  authorization: Extract<EnrolmentAuthorization, { kind: 'administrator' }>,
): Readonly<Record<string, string>> {
  const { accessToken, idempotencyKey } = authorization;
  return {
    authorization: `Bearer ${accessToken}`,
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
  };
}
