import { z } from 'zod';
import type { ErrorCode } from '../errors/registry.ts';
import {
  applicationCreateSchema,
  applicationPatchSchema,
  applicationSchema,
  connectorGroupSchema,
  connectorPatchSchema,
  connectorSchema,
  taggedApplicationSchema,
  userSchema,
} from '../publishing/application.ts';
import { applicationHealthSchema } from '../publishing/application-health.ts';
import { identityProviderSchema } from '../publishing/identity-provider.ts';
import { appRoleAssignmentCreateSchema, appRoleAssignmentSchema } from '../publishing/app-roles.ts';
import {
  enrolmentTokenCreatedSchema,
  enrolmentTokenCreateSchema,
  enrolmentTokenSchema,
} from '../publishing/enrolment-token.ts';
import { type BodiesView, CAPTURE_MINUTES } from '../connector/body-capture.ts';
import { allowListSchema } from '../connector/allow-list.ts';
import { trafficFilterSchema } from '../connector/traffic-filter.ts';
import { sessionSchema } from '../publishing/session.ts';
import {
  EXPORT_FORMATS,
  type ExportProgress,
  type TrafficFigures,
  type TrafficPage,
} from '../connector/traffic-history.ts';
import type { LiveTraffic, TrafficNews, TrafficStart } from '../connector/live-traffic.ts';
import type { TrafficHeads } from '../connector/traffic-heads.ts';
import type { TrafficRecord } from '../connector/traffic-record.ts';
import { languageChoiceSchema } from '../text/language.ts';
import { updateSettingsSchema } from '../updates/update-state.ts';
import { applicationTestSchema } from './application-test.ts';
import { type AppState, LEFT_BEHIND_KINDS } from './app-state.ts';
import { KEPT_FORMS, MAX_KEPT_CHARACTERS } from './kept-forms.ts';
import { localSiteSchema } from './local-site.ts';
import { translationPreviewRequestSchema, translationPreviewSchema } from './translation-preview.ts';
import {
  bundleFileSchema,
  type FailureFinding,
  type LogPage,
  type SelfTestStep,
  selfTestStepSchema,
} from './diagnostics-models.ts';
import {
  allowanceSchema,
  cutOffSchema,
  machineSettingsSchema,
  proxyOutcomeSchema,
  proxySettingsSchema,
  retentionSchema,
  versionsSchema,
} from './machine-settings.ts';
import {
  type PageRequest,
  type PathCheckHop,
  accountSummarySchema,
  backendTestSchema,
  connectorSummarySchema,
  keptSignInSchema,
  pathCheckHopSchema,
  replaySchema,
  serviceSummarySchema,
  themeSchema,
} from './window-models.ts';

/**
 * Every call from the window to the main process, and every event back. A call's arguments and result each have a
 * schema; the channel's name is made from the key (`callChannel`, `eventChannel`), so that there is no second list.
 */

const id = z.string().min(1).max(128);
const url = z.string().max(2048);
const groupName = z.string().trim().min(1).max(120);
const nothing = z.void();
/** As many as a list of a policy may name. */
const MAX_PEOPLE_ASKED = 100;
/** Of a call that may be taken back by `abortCall`. */
const attemptId = z.uuid().optional();
/** The last time that a JavaScript date can hold. */
const MAX_TIME_MS = 8.64e15;

/** Arguments and result of each call. */
export const CALLS = {
  readState: { arguments: nothing, result: z.custom<AppState>() },
  /** What was typed in forms and not saved when the window's process died, by the name of the form. */
  readKeptInputs: { arguments: nothing, result: z.partialRecord(z.enum(KEPT_FORMS), z.string()) },
  keepInput: {
    arguments: z.strictObject({ form: z.enum(KEPT_FORMS), text: z.string().max(MAX_KEPT_CHARACTERS).nullable() }),
    result: nothing,
  },
  /** Asks an address what it is, and changes nothing. */
  probeService: { arguments: z.strictObject({ url }), result: serviceSummarySchema },
  chooseService: { arguments: z.strictObject({ url }), result: serviceSummarySchema },
  signIn: { arguments: z.strictObject({ method: z.enum(['browser', 'deviceCode']) }), result: accountSummarySchema },
  cancelSignIn: { arguments: nothing, result: nothing },
  signOut: { arguments: nothing, result: nothing },
  /** Opens the page of the browser's sign-in that is waited for once more. */
  reopenBrowser: { arguments: nothing, result: nothing },
  /** For a machine without a key store, where sign-ins are kept in memory unless a person says otherwise. */
  keepSignIn: { arguments: z.strictObject({ where: keptSignInSchema }), result: nothing },
  /** Runs all hops in order; each is also told by the event `pathCheckHop` as it ends. */
  checkPath: { arguments: nothing, result: z.array(pathCheckHopSchema) },
  /** Ends a check of the path that runs; what it has not reached is told as skipped. */
  cancelPathCheck: { arguments: nothing, result: nothing },
  listConnectorGroups: { arguments: nothing, result: z.array(connectorGroupSchema) },
  enrol: {
    arguments: z.strictObject({
      displayName: z.string().trim().min(1).max(120),
      connectorGroupId: id.nullable(),
      attemptId,
    }),
    result: connectorSummarySchema,
  },
  /** Takes back a call that runs and was given this id: it ends with `ACTION_CANCELLED`, and what it made at the service is removed. */
  abortCall: { arguments: z.strictObject({ attemptId: z.uuid() }), result: nothing },
  /** Tries at once to remove what was taken back and is left; the state tells how that went. */
  takeBackAgain: { arguments: z.strictObject({ kind: z.enum(LEFT_BEHIND_KINDS) }), result: nothing },
  /** Says no more of what was taken back and is left. */
  leaveBehind: { arguments: z.strictObject({ kind: z.enum(LEFT_BEHIND_KINDS) }), result: nothing },
  finishSetup: { arguments: nothing, result: nothing },
  /** Forgets the service and the sign-in, as long as nothing is enrolled. */
  startOver: { arguments: nothing, result: nothing },
  /** Stops the engine and removes this machine's key; the service forgets the connector where it can be reached. */
  disconnect: {
    arguments: z.strictObject({ isHistoryKept: z.boolean() }),
    result: z.strictObject({ isRemovedAtService: z.boolean() }),
  },
  pauseConnector: { arguments: nothing, result: nothing },
  resumeConnector: { arguments: nothing, result: nothing },
  retryConnector: { arguments: nothing, result: nothing },
  listConnectors: { arguments: nothing, result: z.array(connectorSchema) },
  updateConnector: { arguments: z.strictObject({ id, patch: connectorPatchSchema }), result: nothing },
  moveConnector: { arguments: z.strictObject({ id, connectorGroupId: id }), result: nothing },
  /** Refuses it from now on, and keeps it in the list. */
  revokeConnector: { arguments: z.strictObject({ id }), result: nothing },
  deleteConnector: { arguments: z.strictObject({ id }), result: nothing },
  createConnectorGroup: { arguments: z.strictObject({ name: groupName }), result: connectorGroupSchema },
  renameConnectorGroup: { arguments: z.strictObject({ id, name: groupName }), result: nothing },
  deleteConnectorGroup: { arguments: z.strictObject({ id }), result: nothing },
  /** Newest first. */
  listEnrolmentTokens: { arguments: nothing, result: z.array(enrolmentTokenSchema) },
  createEnrolmentToken: { arguments: enrolmentTokenCreateSchema, result: enrolmentTokenCreatedSchema },
  deleteEnrolmentToken: { arguments: z.strictObject({ id }), result: nothing },
  listApplications: { arguments: nothing, result: z.array(applicationSchema) },
  /** Publishes, and assigns the people named. */
  createApplication: {
    arguments: z.strictObject({
      application: applicationCreateSchema,
      people: z.array(userSchema).max(500),
      attemptId,
    }),
    result: applicationSchema,
  },
  readApplication: { arguments: z.strictObject({ id }), result: taggedApplicationSchema },
  /** @param ifMatch where it is to be changed only as long as it is still that version */
  updateApplication: {
    arguments: z.strictObject({ id, patch: applicationPatchSchema, ifMatch: z.string().max(256).optional() }),
    result: applicationSchema,
  },
  /** Publishes one once more that was deleted, with the roles and people that it had. */
  restoreApplication: {
    arguments: z.strictObject({
      application: applicationCreateSchema,
      assignments: z.array(appRoleAssignmentSchema).max(10_000),
    }),
    result: applicationSchema,
  },
  /** The way of a request, station by station. */
  testApplication: { arguments: z.strictObject({ id }), result: applicationTestSchema },
  /** What the connector would change of the first page of a backend. */
  previewTranslation: { arguments: translationPreviewRequestSchema, result: translationPreviewSchema },
  /** As users' requests at the service showed it. */
  listApplicationHealth: { arguments: nothing, result: z.array(applicationHealthSchema) },
  /** Asks where to, and writes the text there; false where the person thought better of it. */
  saveText: {
    arguments: z.strictObject({ fileName: z.string().min(1).max(128), text: z.string().max(4_000_000) }),
    result: z.strictObject({ isSaved: z.boolean() }),
  },
  deleteApplication: { arguments: z.strictObject({ id }), result: nothing },
  listAssignments: { arguments: z.strictObject({ applicationId: id }), result: z.array(appRoleAssignmentSchema) },
  assignPerson: {
    arguments: z.strictObject({ applicationId: id, person: userSchema }),
    result: appRoleAssignmentSchema,
  },
  /** A group, a claim or a program, by its id; or somebody, with a role. */
  assignPrincipal: {
    arguments: z.strictObject({ applicationId: id, assignment: appRoleAssignmentCreateSchema }),
    result: appRoleAssignmentSchema,
  },
  unassignPerson: { arguments: z.strictObject({ applicationId: id, assignmentId: id }), result: nothing },
  searchPeople: { arguments: z.strictObject({ text: z.string().max(120) }), result: z.array(userSchema) },
  /** The people with these ids; those whom the service doesn't know are left out. */
  readPeople: {
    arguments: z.strictObject({ ids: z.array(z.string().max(256)).max(MAX_PEOPLE_ASKED) }),
    result: z.array(userSchema),
  },
  /** By whom the service can have an application's users signed in. */
  listIdentityProviders: { arguments: nothing, result: z.array(identityProviderSchema) },
  /** Who is signed in, newest first; at most `SESSIONS_SHOWN` that match. */
  listSessions: {
    arguments: z.strictObject({ text: z.string().max(120), applicationId: id.nullable() }),
    result: z.strictObject({ sessions: z.array(sessionSchema), hasMore: z.boolean() }),
  },
  /** Ends one session. Harmless where it has ended by itself. */
  revokeSession: { arguments: z.strictObject({ id: z.string().min(1).max(256) }), result: nothing },
  /** Ends a user's sessions on every device, and refuses the access tokens issued until now. */
  revokeUserSessions: {
    arguments: z.strictObject({ userId: z.string().min(1).max(256), identityProviderId: id }),
    result: nothing,
  },
  testBackend: {
    arguments: z.strictObject({ internalUrl: url, isCertificateValidated: z.boolean() }),
    result: backendTestSchema,
  },
  /** What answers HTTP on this machine and could be published; takes some seconds. */
  findLocalSites: { arguments: nothing, result: z.array(localSiteSchema) },
  /** Tells what passes and matches by the event `traffic`, in place of what was asked for before. */
  watchTraffic: { arguments: z.strictObject({ filter: trafficFilterSchema }), result: z.custom<TrafficStart>() },
  unwatchTraffic: { arguments: nothing, result: nothing },
  /** The last five minutes by seconds, of one application or of all. */
  readLiveTraffic: {
    arguments: z.strictObject({
      applicationId: id.optional(),
      after: z.number().int().min(0),
      toldApplications: z.number().int().min(0),
    }),
    result: z.custom<LiveTraffic>(),
  },
  /** The newest requests that went wrong, newest first. */
  readLastFailures: { arguments: nothing, result: z.custom<readonly TrafficRecord[]>() },
  /** A page of the history on disk, newest first. `beforeSequence` is the `next` of the page before; null begins. */
  readTrafficHistory: {
    arguments: z.strictObject({
      beforeSequence: z.number().int().nullable(),
      filter: trafficFilterSchema,
      limit: z.number().int().min(1).max(1000),
    }),
    result: z.custom<TrafficPage>(),
  },
  /** The headers of a request, with what could let somebody in hidden; null where they are not kept. */
  readTrafficHeads: {
    arguments: z.strictObject({ sequence: z.number().int() }),
    result: z.custom<TrafficHeads | null>(),
  },
  /** Captures the bodies of an application's requests, in memory alone, until the time is over or the app ends. */
  startBodyCapture: {
    arguments: z.strictObject({ applicationId: id, minutes: z.literal(CAPTURE_MINUTES) }),
    result: nothing,
  },
  stopBodyCapture: { arguments: nothing, result: nothing },
  /** Forgets all bodies that were captured. */
  discardBodies: { arguments: nothing, result: nothing },
  /** Null where they were not captured, or are not held any more. */
  readTrafficBodies: {
    arguments: z.strictObject({ sequence: z.number().int() }),
    result: z.custom<BodiesView | null>(),
  },
  /** Counts and times by steps of minutes, of one application or of all; at most 300 steps. */
  readTrafficFigures: {
    arguments: z.strictObject({
      sinceMs: z.number().min(0).max(MAX_TIME_MS),
      untilMs: z.number().min(0).max(MAX_TIME_MS),
      applicationId: id.optional(),
    }),
    result: z.custom<TrafficFigures>(),
  },
  /**
   * Asks where to, and writes all that is kept and matches; told of by the event `trafficExport` as it goes on. Null where
   * the person chose no file or cancelled.
   */
  exportTraffic: {
    arguments: z.strictObject({ format: z.enum(EXPORT_FORMATS), filter: trafficFilterSchema }),
    result: z.strictObject({ file: z.string(), written: z.number().int() }).nullable(),
  },
  cancelTrafficExport: { arguments: nothing, result: nothing },
  /** Sends a request that is kept to its backend once more: GET and HEAD only. */
  replayRequest: { arguments: z.strictObject({ sequence: z.number().int() }), result: replaySchema },
  /** All that this connector and the service know of a request. */
  explainFailure: {
    arguments: z.strictObject({ activityId: z.string().regex(/^[\da-f-]{36}$/) }),
    result: z.custom<FailureFinding>(),
  },
  /** Runs all checks in order; each is also told by the event `selfTestStep` as it ends. */
  runSelfTest: { arguments: nothing, result: z.array(selfTestStepSchema) },
  /** The lines of the log after a sequence; all that are held for null. */
  readLog: { arguments: z.strictObject({ after: z.number().int().nullable() }), result: z.custom<LogPage>() },
  openLogFolder: { arguments: nothing, result: nothing },
  /** Puts a support bundle together, and keeps it until it is saved or made anew. */
  makeBundle: { arguments: nothing, result: z.array(bundleFileSchema) },
  /** Asks where to, and writes the bundle that was made last. Null where the person chose no file. */
  saveBundle: { arguments: nothing, result: z.strictObject({ file: z.string() }).nullable() },
  readMachineSettings: { arguments: nothing, result: machineSettingsSchema },
  /** `password` null leaves the one that is kept; empty forgets it. Says whether the service answers by the new way. */
  saveProxy: {
    arguments: z.strictObject({ proxy: proxySettingsSchema, password: z.string().max(1024).nullable() }),
    result: proxyOutcomeSchema,
  },
  /** Puts back what `saveProxy` replaced last, its password included. */
  undoProxy: { arguments: nothing, result: proxyOutcomeSchema },
  /** From a text, or from a file that is asked for where that is null; null where the person chose none, else how many are new. */
  addAuthorities: {
    arguments: z.strictObject({ pem: z.string().max(1_048_576).nullable() }),
    result: z.number().int().nullable(),
  },
  /** Returns what was removed, PEM; empty where there was none such. */
  removeAuthority: { arguments: z.strictObject({ fingerprint: z.string().max(128) }), result: z.string() },
  saveAllowList: { arguments: z.strictObject({ rules: allowListSchema }), result: nothing },
  /** What a list, saved or not, says of an address now. */
  checkAllowList: { arguments: z.strictObject({ rules: allowListSchema, url }), result: allowanceSchema },
  /** Which published applications a list would cut off. */
  previewAllowList: { arguments: z.strictObject({ rules: allowListSchema }), result: cutOffSchema },
  saveRetention: { arguments: retentionSchema, result: nothing },
  setStartAtLogin: { arguments: z.strictObject({ isOn: z.boolean() }), result: nothing },
  readVersions: { arguments: nothing, result: versionsSchema },
  /** Asks the feed for a newer version of the app. What comes of it, and of the next three, is in `AppState.updates`. */
  checkForUpdate: { arguments: nothing, result: nothing },
  downloadUpdate: { arguments: nothing, result: nothing },
  cancelUpdateDownload: { arguments: nothing, result: nothing },
  /** Asks the person where users would notice, installs what was downloaded, and starts it. */
  installUpdate: { arguments: nothing, result: nothing },
  saveUpdateSettings: { arguments: updateSettingsSchema, result: nothing },
  openExternal: { arguments: z.strictObject({ url }), result: nothing },
  copyText: { arguments: z.strictObject({ text: z.string().max(200_000) }), result: nothing },
  setTheme: { arguments: z.strictObject({ theme: themeSchema }), result: nothing },
  setLanguage: { arguments: z.strictObject({ choice: languageChoiceSchema }), result: nothing },
} as const;

/** Payload of each event. The main process makes them itself; TypeScript alone keeps their shape. */
export interface Events {
  readonly appState: AppState;
  /** As long as it is watched, at most ten times a second. A record comes again, with the same sequence, when its request goes on. */
  readonly traffic: TrafficNews;
  readonly trafficExport: ExportProgress;
  /** A person has chosen outside the window, in a notification or in the tray, where they want to be. */
  readonly openPage: PageRequest;
  readonly pathCheckHop: PathCheckHop;
  readonly selfTestStep: SelfTestStep;
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
  /** Every field at fault, where the API named them. */
  readonly problems: readonly { readonly target: string; readonly message: string }[];
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
