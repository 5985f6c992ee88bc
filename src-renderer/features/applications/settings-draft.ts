import {
  type Application,
  type ApplicationPatch,
  ON_PREMISES_PUBLISHING_DEFAULTS,
  type OnPremisesPublishing,
} from '../../../src-shared/publishing/application.ts';

/** The settings of an application beside its addresses, as they are being typed: numbers and structures are texts meanwhile. */

const SWITCH_KEYS = [
  'isTranslateHostHeaderEnabled',
  'isTranslateLinksInBodyEnabled',
  'isTranslateLinksInScriptsEnabled',
  'isBackendCertificateValidationEnabled',
  'isHttpOnlyCookieEnabled',
  'isSecureCookieEnabled',
  'isPersistentCookieEnabled',
  'isRobotsExclusionEnabled',
  'isSessionAffinityEnabled',
  'isIdentityAssertionEnabled',
  'isAccessTokenForwardingEnabled',
] as const satisfies readonly (keyof OnPremisesPublishing)[];
export type SwitchKey = (typeof SWITCH_KEYS)[number];

/** Whole numbers, and null for none. */
const NUMBER_KEYS = [
  'applicationServerTimeoutSeconds',
  'webSocketIdleTimeoutSeconds',
  'maximumRequestBodyBytes',
  'maximumRequestsPerSecond',
  'maximumConcurrentRequests',
  'strictTransportSecurityMaxAgeSeconds',
] as const satisfies readonly (keyof OnPremisesPublishing)[];
export type NumberKey = (typeof NUMBER_KEYS)[number];

/** Structures, which are typed as JSON. */
const JSON_KEYS = ['segmentsConfiguration', 'conditionalAccessPolicies', 'headerSignOnSettings', 'appRoles'] as const;
export type JsonKey = (typeof JSON_KEYS)[number];

export type SettingsDraft = Pick<OnPremisesPublishing, SwitchKey | 'applicationServerTimeout' | 'backendHttpVersion'> &
  Readonly<Record<NumberKey | JsonKey, string>> & {
    /** Off while the application is in maintenance. */
    readonly isOnPremPublishingEnabled: boolean;
    readonly singleSignOnMode: 'none' | 'aadHeaderBased';
    /** PEM. */
    readonly backendTrustedCertificates: string;
    /** One in each line. */
    readonly accessTokenAudiences: string;
    readonly identityProviderId: string;
  };

/** What a body of the API says about the settings. */
export interface SettingsBody {
  readonly onPremisesPublishing: Readonly<Record<string, unknown>>;
  readonly appRoles: unknown;
}

export const DEFAULT_SETTINGS: SettingsDraft = settingsOf(ON_PREMISES_PUBLISHING_DEFAULTS, []);

export function settingsOf(
  publishing: Omit<OnPremisesPublishing, 'externalUrl' | 'internalUrl'>,
  appRoles: Application['appRoles'],
): SettingsDraft {
  const switches = Object.fromEntries(SWITCH_KEYS.map((key) => [key, publishing[key]])) as Record<SwitchKey, boolean>;
  const numbers = Object.fromEntries(NUMBER_KEYS.map((key) => [key, publishing[key]?.toString() ?? '']));
  return {
    ...switches,
    ...(numbers as Record<NumberKey, string>),
    applicationServerTimeout: publishing.applicationServerTimeout,
    backendHttpVersion: publishing.backendHttpVersion,
    isOnPremPublishingEnabled: publishing.isOnPremPublishingEnabled,
    singleSignOnMode: publishing.singleSignOnSettings?.singleSignOnMode ?? 'none',
    backendTrustedCertificates: publishing.backendTrustedCertificates ?? '',
    accessTokenAudiences: publishing.accessTokenAudiences.join('\n'),
    identityProviderId: publishing.identityProviderId ?? '',
    segmentsConfiguration: jsonText(publishing.segmentsConfiguration),
    conditionalAccessPolicies: jsonText(publishing.conditionalAccessPolicies),
    headerSignOnSettings: jsonText(publishing.singleSignOnSettings?.headerSignOnSettings ?? null),
    appRoles: jsonText(appRoles),
  };
}

/** The settings as the API takes them. What was typed wrong stays as it is, for the schema to find. */
export function settingsBody(settings: SettingsDraft): SettingsBody {
  const headerSignOnSettings = readJson(settings.headerSignOnSettings, null);
  const { singleSignOnMode } = settings;
  return {
    appRoles: readJson(settings.appRoles, []),
    onPremisesPublishing: {
      ...Object.fromEntries(SWITCH_KEYS.map((key) => [key, settings[key]])),
      ...Object.fromEntries(NUMBER_KEYS.map((key) => [key, readNumber(settings[key])])),
      applicationServerTimeout: settings.applicationServerTimeout,
      backendHttpVersion: settings.backendHttpVersion,
      isOnPremPublishingEnabled: settings.isOnPremPublishingEnabled,
      singleSignOnSettings:
        singleSignOnMode === 'none' && headerSignOnSettings === null
          ? null
          : { singleSignOnMode, headerSignOnSettings },
      backendTrustedCertificates: settings.backendTrustedCertificates.trim() || null,
      accessTokenAudiences: splitWords(settings.accessTokenAudiences),
      identityProviderId: settings.identityProviderId.trim() || null,
      segmentsConfiguration: readJson(settings.segmentsConfiguration, null),
      conditionalAccessPolicies: readJson(settings.conditionalAccessPolicies, []),
    },
  };
}

/** What stands in lines, or between spaces. */
export function splitWords(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** A problem with an item of a list, `0: …`, by the item itself. */
export function nameItem(said: string, items: readonly string[]): string {
  return said.replace(/^(\d+): /, (place, index: string) => {
    const item = items[Number(index)];
    return item === undefined ? place : `${item}: `;
  });
}

/** Those structures that are no JSON. */
export function findBrokenJson(settings: SettingsDraft): readonly JsonKey[] {
  return JSON_KEYS.filter((key) => {
    try {
      readJsonStrictly(settings[key]);
      return false;
    } catch {
      return true;
    }
  });
}

/** The settings with one switch set; links in scripts are translated with those in pages only. */
export function withSwitch(settings: SettingsDraft, key: SwitchKey, isOn: boolean): SettingsDraft {
  const changed = { ...settings, [key]: isOn };
  if (key === 'isTranslateLinksInScriptsEnabled' && isOn) return { ...changed, isTranslateLinksInBodyEnabled: true };
  if (key === 'isTranslateLinksInBodyEnabled' && !isOn) return { ...changed, isTranslateLinksInScriptsEnabled: false };
  return changed;
}

/** What of `after` is not as in `before`, so that a change says nothing about what was left alone. */
export function changesBetween(before: ApplicationPatch, after: ApplicationPatch): ApplicationPatch {
  const { onPremisesPublishing: publishingBefore = {}, ...rest } = before;
  const { onPremisesPublishing: publishingAfter = {}, ...restAfter } = after;
  const publishing = onlyChanged(publishingBefore, publishingAfter);
  return {
    ...onlyChanged(rest, restAfter),
    ...(Object.keys(publishing).length > 0 && { onPremisesPublishing: publishing }),
  };
}

function onlyChanged<Value extends object>(before: Value, after: Value): Partial<Value> {
  const known = new Map<string, unknown>(Object.entries(before));
  const entries = Object.entries(after).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(known.get(key)),
  );
  return Object.fromEntries(entries) as Partial<Value>;
}

/** A structure as it is typed; empty where there is nothing in it. */
export function jsonText(value: unknown): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return '';
  return JSON.stringify(value, null, 2);
}

function readJsonStrictly(text: string): unknown {
  return text.trim() === '' ? undefined : JSON.parse(text);
}

function readJson(text: string, none: unknown): unknown {
  try {
    return readJsonStrictly(text) ?? none;
  } catch {
    return text;
  }
}

function readNumber(text: string): number | string | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  return /^-?\d{1,16}(?:\.\d{1,16})?$/.test(trimmed) ? Number(trimmed) : trimmed;
}
