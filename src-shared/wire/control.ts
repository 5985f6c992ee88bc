import { z } from 'zod';
import { configurationTagSchema, MAX_NAMED_REJECTIONS, rejectedApplicationSchema } from './configuration-change.ts';

/**
 * The control messages of a tunnel: JSON in UTF-8 in the payload of a frame on stream 0. Unknown keys are ignored.
 * Order: CHALLENGE (service), HELLO (connector), WELCOME and CONFIG or CONFIG_CHANGE (service); then any, until GOAWAY.
 */

/** `typ` of the JWT with which a connector proves who it is. */
export const PROOF_TYPE = 'postern-proof+jwt';

/** What a side tells the other to keep to when it sends. */
const receiveSettingsSchema = z.object({
  /** Credit that each stream starts with, bytes of payload, for data sent to this side. */
  streamWindowBytes: z.number().int().min(1024).max(0x7fff_ffff),
  /** Credit that the tunnel starts with, bytes of payload, for data sent to this side. */
  tunnelWindowBytes: z.number().int().min(65_536).max(0x7fff_ffff),
});
export type ReceiveSettings = z.infer<typeof receiveSettingsSchema>;

export const challengeSchema = z.object({
  /** The name over which the connector must sign. */
  audience: z.string().max(512),
  /** 32 random octets in base64url, for this connection alone. */
  nonce: z.string().max(64),
  features: z.array(z.string().max(64)).max(64),
  settings: receiveSettingsSchema,
});

export type Challenge = z.infer<typeof challengeSchema>;

export const helloSchema = z.object({
  /** JWT, ES256, `typ` `postern-proof+jwt`, header `x5c`; claims `aud`, `nonce`, `sub` (the connector's id). */
  proof: z.string().max(16_384),
  features: z.array(z.string().max(64)).max(64),
  settings: receiveSettingsSchema,
  connectorVersion: z.string().max(64),
  machineName: z.string().max(255),
  operatingSystem: z.string().max(120).optional(),
  /** Which of the connector's tunnels this is, from 0. */
  tunnelIndex: z.number().int().min(0).max(7),
  /** Grows with each start of the engine and each dial; of two sessions for one tunnel index the higher wins. */
  epoch: z.number().int().nonnegative(),
  /** The configuration that the connector has already. */
  configurationTag: configurationTagSchema.optional(),
});
export type Hello = z.infer<typeof helloSchema>;

export const welcomeSchema = z.object({
  sessionId: z.string().max(64),
  serviceVersion: z.string().max(64),
  /** How often either side sends PING when nothing else came, ms. */
  pingIntervalMs: z.number().int().min(1000).max(60_000),
  /** Silence after which the other end is taken for dead, ms. */
  deadAfterMs: z.number().int().min(2000).max(120_000),
  /** When the connector's certificate is to be renewed, s from now; absent without the feature. */
  renewInSeconds: z.number().int().nonnegative().optional(),
});
export type Welcome = z.infer<typeof welcomeSchema>;

export const configurationAcknowledgementSchema = z.object({
  version: z.number().int().nonnegative(),
  isAccepted: z.boolean(),
  reason: z.string().max(2048).optional(),
  /** Of a CONFIG_CHANGE: the configuration that the connector has now. */
  tag: configurationTagSchema.optional(),
  /** Of a CONFIG_CHANGE: the part that this answers. */
  part: z.number().int().nonnegative().optional(),
  /** The change is one of a configuration that the connector doesn't have. */
  isBaseUnknown: z.boolean().optional(),
  /** Applications that it can't take, the first ones. */
  rejected: z.array(rejectedApplicationSchema).max(MAX_NAMED_REJECTIONS).optional(),
  /** How many those are. */
  rejectedCount: z.number().int().nonnegative().optional(),
});
export type ConfigurationAcknowledgement = z.infer<typeof configurationAcknowledgementSchema>;

/** What the connector can't serve of the configuration that it has is something else than it said last. */
export const configurationReportSchema = z.object({
  tag: configurationTagSchema,
  rejected: z.array(rejectedApplicationSchema).max(MAX_NAMED_REJECTIONS),
  rejectedCount: z.number().int().nonnegative(),
});
export type ConfigurationReport = z.infer<typeof configurationReportSchema>;

export const goAwaySchema = z.object({
  /** Wire number of the reason (docs/errors.md). */
  code: z.number().int().nonnegative(),
  message: z.string().max(1024),
});

/** A user's connection that `:connection` of a request head named is over. */
export const releaseSchema = z.object({
  connection: z.string().max(64),
});
