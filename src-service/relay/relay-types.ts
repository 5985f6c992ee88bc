import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Hop } from '../../src-shared/errors/failing-hop.ts';
import type { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { WireErrorCode } from '../../src-shared/errors/registry.ts';
import type { ConnectorConfiguration } from '../../src-shared/publishing/connector-configuration.ts';
import type { RequestHead } from '../../src-shared/wire/head.ts';
import type { ApplicationRejection } from './configuration-sender.ts';
import type { UserRequest, UserResponse } from './user-http.ts';

/** Tells the edge that a request failed, and at which hop. */
export type OnFailure = (error: PosternError, hop: Hop) => void;

/** What the edge wants to know of a request that it handed over. Its owner makes it once; the relay adds to it. */
export interface RequestMeter {
  /** Of the bodies, as they went through. */
  requestBytes: number;
  responseBytes: number;
  /** The head of the final answer came. Of a request that was switched to another protocol nothing else is read any more. */
  onAnswered(status: number, connectorId: string): void;
  /** A piece came from the user once the protocol had switched. */
  onUserPiece?(piece: Uint8Array): void;
}

/** What was switched to another protocol, or is to be. */
export interface RunningUpgrade {
  /** Ends it for somebody who may not go on. */
  cut(error: PosternError): void;
}

/** How the requests of one user's session keep to one connector (B68). */
export interface SessionAffinity {
  /** Which connector the user's cookie names; undefined where there is none. What it says is not to be trusted. */
  readonly key: string | undefined;
  /** The `Set-Cookie` value that names another. */
  makeCookie(key: string): string;
}

/** A request that the edge has let through. */
export interface ForwardedRequest {
  readonly request: UserRequest;
  readonly response: UserResponse;
  readonly head: RequestHead;
  readonly connectorGroupId: string;
  /** Whether the connection is the user's own, and not one of a proxy that may carry many users. */
  readonly isUserConnection?: boolean;
  /** Absent where any connector of the group will do. */
  readonly affinity?: SessionAffinity | null;
  /** Names of trailers of the request that don't go to the backend, as `safeTrailers` takes them. */
  readonly withheldTrailers?: ReadonlySet<string> | undefined;
  /** `name, value…` that the service adds to the backend's response headers. */
  readonly responseHeaders: readonly string[];
  /** Names, in lower case, of headers of the backend's response that don't go to the user. */
  readonly withheldHeaders?: ReadonlySet<string> | undefined;
  /** `name, value…` that it adds where the backend's response has none of that name; names in lower case. */
  readonly defaultHeaders?: readonly string[] | undefined;
  readonly meter?: RequestMeter;
  /** The longest body that is passed on; a longer one fails with `EDGE_BODY_TOO_LARGE`. */
  readonly maxBodyBytes?: number | undefined;
  /** No answer came. Called at most once, and only while nothing of an answer was written. */
  readonly onFailure: OnFailure;
  /** Told instead where an answer had begun, which is then cut off. */
  readonly onCut?: OnFailure;
}

/** A request to switch protocols that the edge has let through. */
export interface ForwardedUpgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What the user's client sent behind its request head already. */
  readonly bufferedBytes: Uint8Array;
  readonly head: RequestHead;
  readonly connectorGroupId: string;
  readonly affinity?: SessionAffinity | null;
  readonly meter?: RequestMeter;
  readonly responseHeaders: readonly string[];
  /** No answer came. Called at most once, and only while nothing of an answer was written. */
  readonly onFailure: OnFailure;
  /** Told instead where an answer had begun, which is then cut off. */
  readonly onCut?: OnFailure;
}

/** What a connector's proof of identity gave. */
export interface AdmittedConnector {
  readonly connectorId: string;
  readonly displayName: string;
  readonly connectorGroupId: string;
  /** Whether it gets no new requests. */
  readonly isDraining?: boolean;
  /** When its certificate is to be renewed, s from now. */
  readonly renewInSeconds: number;
}

/** What a connector gets that asks for a new certificate. */
export type RenewalAnswer =
  | { readonly certificateChain: string[]; readonly renewInSeconds: number }
  | { readonly reason: string; readonly renewInSeconds: number };

/** What the relay asks of the rest of the service. */
export interface RelayHost {
  /** The name over which connectors sign. */
  readonly tunnelAudience: string;
  readonly serviceVersion: string;
  /** Checks a proof and looks the connector up. @throws PosternError with a wire number (`TUNNEL_AUTHENTICATION`, `TUNNEL_REVOKED`, `TUNNEL_EXPIRED`). */
  admit(proof: string, nonce: string, clientAddress: string): Promise<AdmittedConnector>;
  /** Makes a connector a new certificate, or says why not now. Never throws. */
  renewCertificate(
    connectorId: string,
    certificateSigningRequest: string,
    clientAddress: string,
  ): Promise<RenewalAnswer>;
  /**
   * The connector has shown the new certificate: the old one counts no more, once the store can be told.
   * @throws PosternError as `admit` does, where the proof is not that of a certificate of this connector
   */
  takeUpCertificate(
    connectorId: string,
    proof: string,
    nonce: string,
    clientAddress: string,
  ): Promise<'taken' | 'waiting'>;
  configurationFor(connectorGroupId: string): ConnectorConfiguration;
  /** A tunnel of a connector came or went. */
  onPresence(presence: ConnectorPresence): void;
}

/** A connector as the relay sees it now. */
export interface ConnectorPresence {
  readonly connectorId: string;
  readonly connectorGroupId: string;
  readonly tunnels: number;
  /** Requests under way. */
  readonly openStreams: number;
  /** Requests that it was handed, each second, over the last ten. */
  readonly requestsPerSecond: number;
  /** Whether an administrator lets it run empty. */
  readonly isDraining: boolean;
  readonly remoteAddress: string;
  readonly connectorVersion: string;
  readonly machineName: string;
  /** Null where the connector doesn't say. */
  readonly operatingSystem: string | null;
  /** Median of the tunnels' round trips, ms; null before the first was measured. */
  readonly roundTripMs: number | null;
  /** Median of what the tunnels' canaries take, ms; null before the first was answered. */
  readonly canaryMs: number | null;
  /** Whether it failed so often that others are asked first. */
  readonly isCoolingDown: boolean;
  /** Version of the configuration that the connector has accepted last; null before the first. */
  readonly configurationVersion: number | null;
  /** Why its configuration is not as the service wants it, or null. */
  readonly configurationProblem: string | null;
  /** Applications that it can't take, the first ones, and how many there are; what it had of them stays in force. */
  readonly rejectedApplications: readonly ApplicationRejection[];
  readonly rejectedCount: number;
}

/** Why a tunnel is ended on purpose. */
export type DisconnectCode = Extract<
  WireErrorCode,
  'TUNNEL_REVOKED' | 'TUNNEL_EXPIRED' | 'TUNNEL_SUPERSEDED' | 'TUNNEL_DRAINING'
>;
