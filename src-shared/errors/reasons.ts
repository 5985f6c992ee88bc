import { ALLOW_LIST_REASONS } from './allow-list-reasons.ts';
import { CONNECTION_REASONS } from './connection-reasons.ts';
import { SCHEMA_REASONS } from './schema-reasons.ts';
import { URL_PROBLEMS, type UrlProblemKey } from './url-problems.ts';

type UrlReasons = { readonly [Key in UrlProblemKey as `url.${Key}`]: (typeof URL_PROBLEMS)[Key] };

/** What is wrong with a URL is a reason, too. */
const URL_REASONS = Object.fromEntries(
  Object.entries(URL_PROBLEMS).map(([key, sentence]) => [`url.${key}`, sentence]),
) as UrlReasons;

/**
 * Why exactly, behind a code that says it in general: the English sentences of the admin API and of the engine, with a `{name}` for each
 * thing that they name. The key and these parameters go along, so that the desktop app says the whole in another language.
 */
export const REASONS = {
  ...URL_REASONS,
  ...SCHEMA_REASONS,
  ...CONNECTION_REASONS,
  ...ALLOW_LIST_REASONS,
  applicationUnknown: 'There is no application {id}.',
  applicationOfAssignmentUnknown: 'The application {application} has no assignment {id}.',
  connectorUnknown: 'There is no connector {id}.',
  connectorGroupUnknown: 'There is no connector group {id}.',
  connectorGroupNotThere:
    'There is no connector group {id}. List them at onPremisesPublishingProfiles/applicationProxy/connectorGroups.',
  enrolmentTokenUnknown: 'There is no enrolment token {id}.',
  sessionUnknown: 'There is no session {id}.',
  failureUnknown: 'Of {id} this node knows no failure: it did not fail here, or is too long ago.',
  captureUnknown: 'There is no capture {id}.',
  readingWithNoRole:
    'The access token of the {kind} {who} carries no role. Needed is one of {administrators}; to read, one of {readers}.',
  readingWithOtherRole:
    'The access token of the {kind} {who} carries the role {roles}. Needed is one of {administrators}; to read, one of {readers}.',
  changingWithOtherRole:
    'The access token of the {kind} {who} carries the role {roles}. Needed is one of {administrators} to change anything.',
  changedMeanwhile:
    'The {kind} is no longer the one that If-Match names. Read it again, and repeat the change with its new @odata.etag.',
  tooManyAttempts: 'Too many attempts were made from this address. Try again in {seconds} s.',
  groupNameTaken: 'There is a connector group "{name}" already.',
  groupIsDefault: 'The Default connector group cannot be deleted.',
  groupTooLarge:
    'What the connector group "{name}" publishes would have {size} MiB; its connectors take {most} MiB. Move applications to another group, or shorten their backendTrustedCertificates.',
  groupHasConnectors: 'The connector group "{name}" still has connectors: {members}. Move them to another group first.',
  groupHasApplications:
    'The connector group "{name}" still has applications: {members}. Move them to another group first.',
  assignedAlready: '"{person}" is assigned to "{application}" already.',
  assignedAlreadyWithRole: '"{person}" is assigned to "{application}" already with this role.',
  roleUnknown: 'The application has no role {id}. Add it to its appRoles first.',
  roleNotForPeople: 'The role "{role}" is for programs only. Add User to its allowedMemberTypes first.',
  roleNotForPrograms: 'The role "{role}" is not for programs. Add Application to its allowedMemberTypes first.',
  roleInUse: '"{person}" has the role "{role}". Delete its assignments first, or set isEnabled of the role to false.',
  userOfOtherProvider: '{id} is a user of the identity provider {others}. This application is for those of {provider}.',
  externalUrlTaken:
    'The external URL {url} is taken by the application "{name}" ({id}). Choose another one, or change that application first.',
  externalUrlJustTaken: 'One of the external URLs has just been taken by another application.',
  ownHost: "{host} is the service's own host. Choose another host name for the application.",
  notListening: "The service doesn't listen there. Under this name it would be {url}",
  ambiguousPath: 'The path contains a sequence that servers read differently. Use letters, digits and hyphens.',
  ipHostRefused: 'An IP address is refused as host. Use a host name, or set onPremisesPublishing.allowIpHosts to true.',
  segmentsTrustTooLong: 'With {count} segments it may have {most} characters.',
  segmentMissing:
    'With segments, only they are published. Make {url} one of them, or put the external URL of one of them here.',
  segmentDiffers: 'The segment of {url} has {internalUrl} here.',
  segmentTwice: 'Another segment of this application has {url} already.',
  ownAudience: "{audience} is the service's own. Register the application at the identity provider by itself.",
  providerUnknown: 'There is no identity provider {id}. There are: {known}; null stands for the first.',
  scriptsWithoutPages:
    'Scripts are translated with pages only. Set onPremisesPublishing.isTranslateLinksInBodyEnabled to true, too.',
  headersWithoutSignIn:
    'With passthru nobody is signed in. Set externalAuthenticationType to aadPreAuthentication, or singleSignOnMode to none.',
  assertionWithoutSignIn:
    'With passthru nobody is signed in. Set externalAuthenticationType to aadPreAuthentication, or this to false.',
  headerRulesMissing: 'aadHeaderBased needs the rules that say which headers are sent.',
  headerRuleTwice: 'Another rule is for {path} already.',
  headerReserved:
    '{name} has a meaning of its own in HTTP or between proxies. Choose another name, such as X-Remote-User.',
  headerTwice: 'Another header of this rule is called so already, or a backend could take the two for one.',
  patternWrong: 'The pattern is not one of RE2, which has no look-around and no back-references: {detail}.',
  homePageMalformed: 'must be an http:// or https:// URL without credentials, or null',
  homePageElsewhere: 'must begin with what is published ({published}), or be null',
  policyTwice: 'Another policy of this application is called {name}.',
  policyWithoutSignIn:
    'With passthru nobody is signed in: only block works there, by locations and times. Set externalAuthenticationType to aadPreAuthentication for the rest.',
  policySegmentUnknown: 'This application has no segment with the external URL {url}.',
  trustEmpty: 'has no certificate. It must be PEM text that begins with -----BEGIN CERTIFICATE-----.',
  trustTooMany: 'has {count} certificates; {most} are allowed.',
  trustPrivateKey: 'has a private key. Send certificates only, and take that key for known to others from now on.',
  trustOtherBlock: 'has a block "{kind}", which is no certificate.',
  trustDamaged: "can't be read: its certificate number {position} is damaged.",
  trustExpired: 'has a certificate that expired on {date}: {name}.',
  trustNoAuthority: 'has a certificate that is no authority: {name}. Send that of the authority which issued it.',
  moreFaults: '{count} more fields are not as they must be.',
  policyTooLong: 'All acrValues and amrValues together may have {most} characters.',
} as const;

export type ReasonKey = keyof typeof REASONS;

type Named<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Named<Rest>
  : never;

/** What the sentence of a reason names. */
export type ReasonParameters<Key extends ReasonKey> = Readonly<Record<Named<(typeof REASONS)[Key]>, string | number>>;

/** A reason as it travels. */
export interface Reason {
  readonly key: ReasonKey;
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** A reason; where its sentence names nothing, the second argument is left out. */
export function makeReason<Key extends ReasonKey>(
  key: Key,
  ...[parameters]: keyof ReasonParameters<Key> extends never ? [] : [ReasonParameters<Key>]
): Reason {
  return { key, parameters: parameters ?? {} };
}

/** The sentence of a reason, in English or in a catalogue's language. What another version didn't send stands as `…`. */
export function sayReason(
  { key, parameters }: Reason,
  sentences: Readonly<Record<ReasonKey, string>> = REASONS,
): string {
  return sentences[key].replaceAll(/\{(\w+)\}/g, (_whole, name: string) => String(parameters[name] ?? '…'));
}

/** Whether a text from outside names a reason of this version. */
export function isReasonKey(text: unknown): text is ReasonKey {
  return typeof text === 'string' && Object.hasOwn(REASONS, text);
}
