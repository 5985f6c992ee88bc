import { z } from 'zod';
import { administratorAccessSchema } from '../publishing/administrator.ts';

/** What the window and the main process speak of: the shapes in the contract's arguments, results and events. */

export const THEMES = ['system', 'light', 'dark'] as const;
export const themeSchema = z.enum(THEMES);
export type Theme = z.infer<typeof themeSchema>;

/** The service that this connector belongs to, or is about to. */
export const serviceSummarySchema = z.strictObject({
  serviceUrl: z.string(),
  displayName: z.string(),
  version: z.string(),
  applicationsDomain: z.string(),
  applicationsScheme: z.enum(['http', 'https']),
  applicationsPort: z.number().int(),
});
export type ServiceSummary = z.infer<typeof serviceSummarySchema>;

/** The administrator who is signed in. */
export const accountSummarySchema = z.strictObject({
  displayName: z.string(),
  userName: z.string(),
  /** What the account may do at the service; null until the service has been asked. */
  access: administratorAccessSchema.nullable(),
});
export type AccountSummary = z.infer<typeof accountSummarySchema>;

/** What a person types at the provider's page to sign in on another device. */
export const deviceCodeSchema = z.strictObject({
  userCode: z.string(),
  verificationUrl: z.string(),
  /** The same page with the code in it already, where the provider has one. */
  verificationUrlComplete: z.string().nullable(),
  expiresAtMs: z.number(),
});
export type DeviceCode = z.infer<typeof deviceCodeSchema>;

/** The page that was opened in the browser, and until when it is waited for. */
export interface BrowserWait {
  readonly url: string;
  readonly expiresAtMs: number;
}

/** Where an administrator's sign-in is kept on a machine without a key store. */
export const keptSignInSchema = z.enum(['memory', 'file']);
export type KeptSignIn = z.infer<typeof keptSignInSchema>;

/** The connector that this machine is. */
export const connectorSummarySchema = z.strictObject({
  connectorId: z.string(),
  displayName: z.string(),
  machineName: z.string(),
  connectorGroupName: z.string(),
  certificateExpiryMs: z.number(),
});
export type ConnectorSummary = z.infer<typeof connectorSummarySchema>;

export const PATH_CHECK_HOPS = [
  'proxy',
  'resolve',
  'connect',
  'tls',
  'service',
  'clock',
  'signIn',
  'tunnel',
  'canary',
] as const;

/** One hop of the way from this machine to the service. */
export const pathCheckHopSchema = z.strictObject({
  hop: z.enum(PATH_CHECK_HOPS),
  outcome: z.enum(['passed', 'failed', 'skipped']),
  /** What was found, in one line: an address, an issuer, a number of milliseconds. */
  detail: z.string(),
  /** What to do, where the hop failed. */
  remedy: z.string().nullable(),
});
export type PathCheckHop = z.infer<typeof pathCheckHopSchema>;

/** A page of the window, with what the page of traffic is to be filtered by. */
export interface PageRequest {
  readonly page: 'overview' | 'traffic' | 'settings';
  readonly trafficText: string;
}

/** What came of a request that was sent to its backend once more. */
export const replaySchema = z.strictObject({
  /** Null where no answer came; the error says why. */
  status: z.number().int().nullable(),
  contentType: z.string().nullable(),
  bytes: z.number().int(),
  firstByteMs: z.number().nullable(),
  totalMs: z.number(),
  errorCode: z.string().nullable(),
  errorCause: z.string().nullable(),
});
export type Replay = z.infer<typeof replaySchema>;

/** What came back when the backend was asked once from this machine. */
export const backendTestSchema = z.strictObject({
  isReachable: z.boolean(),
  /** The final URL asked, query left out. */
  url: z.string(),
  status: z.number().int().nullable(),
  statusText: z.string(),
  title: z.string().nullable(),
  server: z.string().nullable(),
  /** Where a redirect points, as the backend sent it. */
  location: z.string().nullable(),
  durationMs: z.number(),
  /** The cause in plain words where no answer came, with the way out. */
  problem: z.strictObject({ code: z.string(), message: z.string(), remedy: z.string().nullable() }).nullable(),
});
export type BackendTest = z.infer<typeof backendTestSchema>;

/** Most sessions that the window is given at once; a search finds the others. */
export const SESSIONS_SHOWN = 200;
