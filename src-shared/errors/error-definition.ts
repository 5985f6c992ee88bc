/** Who should read the error: the person in the browser, whoever runs a connector or the service, or the developers. */
export type ErrorAudience = 'user' | 'operator' | 'bug';

/** What the registry knows about one code. */
export interface ErrorDefinition {
  /** The number in a RESET or GOAWAY frame (docs/tunnel-protocol.md); absent where the error never crosses the tunnel. */
  readonly wire?: number;
  /** HTTP status that a user, or a caller of the admin API, sees. */
  readonly status: number;
  /** Whether the same action may succeed later with nothing changed. */
  readonly retry: boolean;
  readonly audience: ErrorAudience;
  /** One sentence in plain words, shown where there is no better message. */
  readonly summary: string;
}
