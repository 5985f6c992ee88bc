import type { ErrorCode } from '../../src-shared/errors/registry.ts';

/** A request that is over, as the edge hands it over: its own object, so that counting makes none. */
export interface FinishedRequest {
  readonly activityId: string;
  /** Milliseconds since the epoch. */
  readonly startedAtMs: number;
  readonly request: {
    readonly method?: string | undefined;
    readonly url?: string | undefined;
    readonly headers: { readonly host?: string | undefined };
  };
  /** Null where no answer was begun. */
  readonly status: number | null;
  readonly isUpgrade: boolean;
  /** Whether the whole answer went out. */
  readonly isComplete: boolean;
  /** Null where it was for no application, or came to nothing before that was known. */
  readonly application: {
    readonly id: string;
    readonly displayName: string;
    readonly connectorGroupId: string;
  } | null;
  /** The connector that answered; null where none did. */
  readonly connectorId: string | null;
  /** From the head of the request to the head of the connector's answer, ms; negative where none came. */
  readonly firstByteMs: number;
  /** Of bodies alone, as far as they went through the tunnel. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly clientAddress: string;
  readonly record: {
    readonly userId: string | null;
    readonly userName: string | null;
    readonly errorCode: ErrorCode | null;
    readonly errorCause: string | null;
  };
}
