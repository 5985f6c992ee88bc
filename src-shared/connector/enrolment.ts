import { z } from 'zod';

/** Where a connector enrols, relative to the service's address. */
export const ENROLMENT_PATH = '/.postern/connector/enrol';

/**
 * The body of `POST {service}/.postern/connector/enrol`. Authorised by `Authorization: Bearer` with an administrator's
 * access token, or by `enrolmentToken` (B61).
 */
export const enrolmentRequestSchema = z.strictObject({
  enrolmentToken: z.string().max(256).optional(),
  displayName: z.string().trim().min(1).max(120),
  machineName: z.string().trim().min(1).max(255),
  version: z.string().max(64),
  connectorGroupId: z.string().max(128).optional(),
  /** PKCS#10 request in PEM, ES256, signed by the key that the connector made and keeps. */
  certificateSigningRequest: z.string().max(8192),
});
export type EnrolmentRequest = z.infer<typeof enrolmentRequestSchema>;

/** The answer: who the connector is from now on. */
export const enrolmentResponseSchema = z.object({
  connectorId: z.string(),
  displayName: z.string(),
  connectorGroupId: z.string(),
  connectorGroupName: z.string(),
  /** Leaf first, then the service's CA; PEM each. */
  certificateChain: z.array(z.string()).min(1),
  certificateExpiryDateTime: z.string(),
  /** `ws:` or `wss:` URL to dial. */
  tunnelUrl: z.string(),
  /** The name over which the connector signs at each dial (`aud` of its proof). */
  tunnelAudience: z.string(),
});
export type EnrolmentResponse = z.infer<typeof enrolmentResponseSchema>;
