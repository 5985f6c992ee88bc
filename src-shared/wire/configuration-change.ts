import { z } from 'zod';

/**
 * What changes of a connector's configuration (docs/tunnel-protocol.md, "CONFIG_CHANGE"). A tag names a configuration by its
 * content: two that are alike have the same one, whichever node of the service sends it.
 */

/** The feature that both sides name when configurations come as changes. */
export const DELTA_FEATURE = 'delta';

/** Octets of JSON that a sender puts into one part before it begins the next; what is on its way holds nothing up for long. */
export const CONFIGURATION_PART_BYTES = 1_048_576;
/** The most that a configuration may have, octets of JSON over all its parts. */
export const MAX_CONFIGURATION_BYTES = 67_108_864;
/** Applications that a connector names with its reasons why it can't take them; it counts all. */
export const MAX_NAMED_REJECTIONS = 50;
const MAX_TAG_LENGTH = 64;

export const configurationTagSchema = z.string().max(MAX_TAG_LENGTH);

/** The payload of a CONFIG_CHANGE frame. */
export const configurationChangeSchema = z.object({
  /** Tag of the configuration that this changes; absent where the parts together are all of it. */
  base: configurationTagSchema.optional(),
  /** Names the configuration that it becomes. */
  tag: configurationTagSchema,
  /** Rises with each change; a connector passes over what is older than what it has. */
  version: z.number().int().nonnegative(),
  /** From 0. */
  part: z.number().int().nonnegative(),
  /** Nothing is in force before the last part is there. */
  isLast: z.boolean(),
  connectorName: z.string(),
  connectorGroupName: z.string(),
  /** Whether an administrator lets the connector run empty: it gets no new requests. False where absent. */
  isDraining: z.boolean().optional(),
  /** New and changed ones, each whole as in CONFIG; each is read by itself, so that one bad one harms no other. */
  applications: z.array(z.looseObject({ id: z.string() })).default([]),
  /** Ids of those that are gone. */
  removedApplications: z.array(z.string()).default([]),
  /** New and changed addresses that other groups publish. */
  otherUrls: z.array(z.object({ externalUrl: z.string(), internalUrl: z.string() })).default([]),
  /** External URLs of those that are gone. */
  removedOtherUrls: z.array(z.string()).default([]),
});
export type ConfigurationChange = z.infer<typeof configurationChangeSchema>;

/** An application that a connector can't take, and why; what it had of it before stays in force. */
export const rejectedApplicationSchema = z.object({
  /** As `:application` of a request names it. */
  id: z.string().max(256),
  reason: z.string().max(512),
});
export type RejectedApplication = z.infer<typeof rejectedApplicationSchema>;
