import { z } from 'zod';

/**
 * Who a connector is: its key, what the service's authority signed for it, and where the service is. The private key
 * makes this a secret as a whole.
 */
const connectorIdentitySchema = z.strictObject({
  format: z.literal(1),
  connectorId: z.string().min(1),
  displayName: z.string(),
  connectorGroupName: z.string(),
  /** Origin of the service, as the administrator gave it. */
  serviceUrl: z.url(),
  /** `ws:` or `wss:` URL to dial. */
  tunnelUrl: z.url(),
  /** The name over which the connector signs at each dial. */
  tunnelAudience: z.string().min(1),
  /** PKCS#8 in PEM, EC P-256. */
  privateKey: z.string().startsWith('-----BEGIN PRIVATE KEY-----'),
  /** Leaf first; PEM each. */
  certificateChain: z.array(z.string()).min(1),
  /** ms since the epoch. */
  certificateExpiryMs: z.number(),
});
export type ConnectorIdentity = z.infer<typeof connectorIdentitySchema>;

/** The identity in a text; null where it is damaged. What exactly is wrong nobody is told: the words of JSON.parse quote the text, and so the key. */
export function parseConnectorIdentity(text: string): ConnectorIdentity | null {
  try {
    return connectorIdentitySchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Where an identity is kept. The desktop app brings its own vault. */
export interface IdentityStorage {
  /** The identity, or null where none was saved. @throws PosternError `CONFIG_INVALID` when what is there can't be read. */
  load(): Promise<ConnectorIdentity | null>;
  save(identity: ConnectorIdentity): Promise<void>;
  remove(): Promise<void>;
}
