import type { z } from 'zod';

/** The parts of the document, in its order. */
export const TAGS = {
  Applications: 'What is published: Graph `application` with `onPremisesPublishing`.',
  'Service principals': 'Who may enter an application, and with which role. Ids are those of the applications.',
  Connectors: 'The connectors that have enrolled.',
  'Connector groups': 'Connectors that stand in for each other.',
  Users: 'People whom the service knows.',
  Sessions: 'Who is signed in.',
  'Identity providers': 'Who signs users in. They are set up in the configuration.',
  Certificates: 'Certificates of external hosts. Private keys go in and never come out.',
  Enrolment: 'Rights to enrol connectors unattended, and enrolment itself.',
  Health: 'How the node, its connectors, groups and applications do.',
  Traffic: 'What goes through this node.',
  Access: 'Why somebody gets in, or does not.',
  Audit: 'Who changed what.',
  Service: 'The service itself, and this document.',
} as const;

/** What the document says of a route beside what its own schema says. */
export interface Operation {
  readonly operationId: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  /** The body of the answer; null for 204. */
  readonly answer: z.ZodType | null;
  /** 200, or 204 without a body, where absent. */
  readonly status?: 201;
  /** Of the answer; JSON where absent. */
  readonly mediaTypes?: readonly string[];
  /** Whether the answer carries an entity tag: reads take `If-None-Match`, changes `If-Match`. */
  readonly isTagged?: boolean;
  /** A body that has no schema of its own. */
  readonly requestMediaTypes?: readonly string[];
  /** Whether nobody is asked for a token. */
  readonly isPublic?: boolean;
}

/** Operations by method and path. */
export type Operations = Readonly<Record<string, Operation>>;
