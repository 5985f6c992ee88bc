import type { Application } from '../../src-shared/publishing/application.ts';
import type { CorsRule } from './cors.ts';
import type { Assignments } from './assignment.ts';
import type { CompiledPolicy } from './conditional-access/compile-policies.ts';

/** A published application at one of its addresses, ready for the decisions of a request. */
export interface PublishedApplication {
  readonly application: Application;
  /** By which the connector knows the pair of addresses. */
  readonly routeId: string;
  readonly externalUrl: string;
  /** Lower-case host of the external URL; `*.example.com` where it is a wildcard. */
  readonly hostname: string;
  /** `:8080` where the external URL has a port, else empty. */
  readonly portSuffix: string;
  readonly isHttps: boolean;
  /** Path of the external URL, decoded to octets as `RequestTarget.readings` are; begins and ends in `/`. */
  readonly pathPrefix: string;
  /** Null where there are none. */
  readonly cors: readonly CorsRule[] | null;
  /** `aud` values by which access tokens name the application (B18). */
  readonly audiences: ReadonlySet<string>;
  readonly assignments: Assignments;
  /** Whose users these assignments mean, and who signs people in. */
  readonly identityProviderId: string;
  /** The conditions under which it opens here, in the order in which they were set. */
  readonly policies: readonly CompiledPolicy[];
}
