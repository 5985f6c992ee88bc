import { z } from 'zod';
import type { ErrorCode } from '../errors/registry.ts';
import {
  applicationCreateSchema,
  applicationPatchSchema,
  applicationSchema,
  appRoleAssignmentSchema,
  connectorGroupSchema,
  userSchema,
} from '../publishing/application.ts';
import type { TrafficRecord } from '../connector/traffic-record.ts';
import type { AppState } from './app-state.ts';

/**
 * Every call from the window to the main process, and every event back. A call's arguments and result each have a
 * schema; the channel's name is made from the key (`callChannel`, `eventChannel`), so that there is no second list.
 */

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
export const accountSummarySchema = z.strictObject({ displayName: z.string(), userName: z.string() });
export type AccountSummary = z.infer<typeof accountSummarySchema>;

/** What a person types at the provider's page to sign in on another device. */
export const deviceCodeSchema = z.strictObject({
  userCode: z.string(),
  verificationUrl: z.string(),
  expiresAtMs: z.number(),
});
export type DeviceCode = z.infer<typeof deviceCodeSchema>;

/** The connector that this machine is. */
export const connectorSummarySchema = z.strictObject({
  connectorId: z.string(),
  displayName: z.string(),
  machineName: z.string(),
  connectorGroupName: z.string(),
  certificateExpiryMs: z.number(),
});
export type ConnectorSummary = z.infer<typeof connectorSummarySchema>;

export const PATH_CHECK_HOPS = ['resolve', 'connect', 'tls', 'service', 'clock', 'signIn', 'tunnel'] as const;

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

const id = z.string().min(1).max(128);
const url = z.string().max(2048);
const nothing = z.void();

/** Arguments and result of each call. */
export const CALLS = {
  readState: { arguments: nothing, result: z.custom<AppState>() },
  /** Asks an address what it is, and changes nothing. */
  probeService: { arguments: z.strictObject({ url }), result: serviceSummarySchema },
  chooseService: { arguments: z.strictObject({ url }), result: serviceSummarySchema },
  signIn: { arguments: z.strictObject({ method: z.enum(['browser', 'deviceCode']) }), result: accountSummarySchema },
  cancelSignIn: { arguments: nothing, result: nothing },
  signOut: { arguments: nothing, result: nothing },
  /** Runs all hops in order; each is also told by the event `pathCheckHop` as it ends. */
  checkPath: { arguments: nothing, result: z.array(pathCheckHopSchema) },
  listConnectorGroups: { arguments: nothing, result: z.array(connectorGroupSchema) },
  enrol: {
    arguments: z.strictObject({ displayName: z.string().trim().min(1).max(120), connectorGroupId: id.nullable() }),
    result: connectorSummarySchema,
  },
  finishSetup: { arguments: nothing, result: nothing },
  /** Stops the engine and removes this machine's key; the service forgets the connector where it can be reached. */
  disconnect: { arguments: nothing, result: z.strictObject({ isRemovedAtService: z.boolean() }) },
  pauseConnector: { arguments: nothing, result: nothing },
  resumeConnector: { arguments: nothing, result: nothing },
  retryConnector: { arguments: nothing, result: nothing },
  listApplications: { arguments: nothing, result: z.array(applicationSchema) },
  /** Publishes, and assigns the people named. */
  createApplication: {
    arguments: z.strictObject({ application: applicationCreateSchema, people: z.array(userSchema).max(500) }),
    result: applicationSchema,
  },
  updateApplication: { arguments: z.strictObject({ id, patch: applicationPatchSchema }), result: applicationSchema },
  deleteApplication: { arguments: z.strictObject({ id }), result: nothing },
  listAssignments: { arguments: z.strictObject({ applicationId: id }), result: z.array(appRoleAssignmentSchema) },
  assignPerson: {
    arguments: z.strictObject({ applicationId: id, person: userSchema }),
    result: appRoleAssignmentSchema,
  },
  unassignPerson: { arguments: z.strictObject({ applicationId: id, assignmentId: id }), result: nothing },
  searchPeople: { arguments: z.strictObject({ text: z.string().max(120) }), result: z.array(userSchema) },
  testBackend: {
    arguments: z.strictObject({ internalUrl: url, isCertificateValidated: z.boolean() }),
    result: backendTestSchema,
  },
  /** The records still held, oldest first. */
  readTraffic: { arguments: nothing, result: z.custom<readonly TrafficRecord[]>() },
  openExternal: { arguments: z.strictObject({ url }), result: nothing },
  copyText: { arguments: z.strictObject({ text: z.string().max(100_000) }), result: nothing },
  setTheme: { arguments: z.strictObject({ theme: themeSchema }), result: nothing },
} as const;

/** Payload of each event. The main process makes them itself; TypeScript alone keeps their shape. */
export interface Events {
  readonly appState: AppState;
  /** At most one message per 50 ms. A record comes again, with the same sequence, when its request goes on. */
  readonly traffic: readonly TrafficRecord[];
  readonly pathCheckHop: PathCheckHop;
}

export type CallName = keyof typeof CALLS;
export type CallArguments<Name extends CallName> = z.infer<(typeof CALLS)[Name]['arguments']>;
export type CallResult<Name extends CallName> = z.infer<(typeof CALLS)[Name]['result']>;

/** An error as it crosses to the window: what happened, and what to do about it. */
export interface IpcError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string | null;
  /** The field at fault, as the API spells it. */
  readonly target: string | null;
}

/** The answer to a call. A call never rejects but when the main process is gone. */
export type Envelope<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: IpcError };

/** What the preload script puts on `window.postern`: one function per call, one `on…` per event. */
export type PosternBridge = {
  readonly [Name in CallName]: (argument: CallArguments<Name>) => Promise<Envelope<CallResult<Name>>>;
} & {
  readonly [Name in keyof Events as `on${Capitalize<Name>}`]: (listener: (payload: Events[Name]) => void) => () => void;
};
