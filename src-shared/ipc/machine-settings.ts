import { z } from 'zod';
import { allowListSchema } from '../connector/allow-list.ts';

/** The settings of this machine that the page “Settings” changes: shapes, bounds, defaults, and what is wrong with a value. */

/** `system` is what the operating system says, its PAC script included. */
export const PROXY_MODES = ['system', 'none', 'manual', 'pac'] as const;

export const proxySettingsSchema = z.strictObject({
  mode: z.enum(PROXY_MODES),
  /** Of `manual`: `http://proxy:3128`, `https:` for TLS to the proxy itself, or `socks5://proxy:1080`. */
  address: z.string().trim().max(512),
  /** Of `manual`: hosts that are reached without it, as NO_PROXY lists them. */
  exceptions: z.string().trim().max(4096),
  /** Of `pac`: where the script is. */
  pacUrl: z.string().trim().max(2048),
  /** For a proxy that asks for Basic, or SOCKS5 with a password; empty for none. */
  userName: z.string().trim().max(256),
  /** Whether applications, too, are reached by it. */
  isForBackends: z.boolean(),
});
export type ProxySettings = z.infer<typeof proxySettingsSchema>;

export const DEFAULT_PROXY_SETTINGS: ProxySettings = {
  mode: 'system',
  address: '',
  exceptions: '',
  pacUrl: '',
  userName: '',
  isForBackends: false,
};

/** Which field of the proxy's settings is wrong; null where none is. */
export function findProxyProblem({ mode, address, pacUrl }: ProxySettings): 'address' | 'pacUrl' | null {
  if (mode === 'manual') return isProxyAddress(address) ? null : 'address';
  if (mode === 'pac') return isWebAddress(pacUrl) ? null : 'pacUrl';
  return null;
}

/** Bounds of what is kept of the traffic on disk. */
export const RETENTION_BOUNDS = {
  recordDays: { least: 0, most: 3650 },
  figureDays: { least: 0, most: 3650 },
  maxMebibytes: { least: 1, most: 1_000_000 },
} as const;

export const retentionSchema = z.strictObject({
  recordDays: z.number().int().min(RETENTION_BOUNDS.recordDays.least).max(RETENTION_BOUNDS.recordDays.most),
  figureDays: z.number().int().min(RETENTION_BOUNDS.figureDays.least).max(RETENTION_BOUNDS.figureDays.most),
  maxMebibytes: z.number().int().min(RETENTION_BOUNDS.maxMebibytes.least).max(RETENTION_BOUNDS.maxMebibytes.most),
});
export type Retention = z.infer<typeof retentionSchema>;

export const DEFAULT_RETENTION: Retention = { recordDays: 7, figureDays: 30, maxMebibytes: 256 };

/** Authorities that this machine trusts for Postern, beside those of the operating system. */
export const MAX_AUTHORITIES = 50;

/** One of them, as a person reads it. */
const authoritySchema = z.strictObject({
  /** SHA-256, by which it is named. */
  fingerprint: z.string(),
  subject: z.string(),
  issuer: z.string(),
  expiresAtMs: z.number(),
  isExpired: z.boolean(),
  /** False for one that the start of the app named (POSTERN_EXTRA_CA_FILE). */
  isRemovable: z.boolean(),
});
export type Authority = z.infer<typeof authoritySchema>;

export const machineSettingsSchema = z.strictObject({
  proxy: proxySettingsSchema,
  hasProxyPassword: z.boolean(),
  authorities: z.array(authoritySchema),
  allowList: allowListSchema,
  retention: retentionSchema,
  startAtLogin: z.strictObject({ isOn: z.boolean(), canBeSet: z.boolean() }),
});
export type MachineSettings = z.infer<typeof machineSettingsSchema>;

/** A trouble that a saved proxy has at once, and the way out. */
export const proxyOutcomeSchema = z.strictObject({
  /** Null where the service answered, or none is chosen yet. */
  problem: z.strictObject({ message: z.string(), remedy: z.string().nullable() }).nullable(),
});

/** What an allow-list says of one address. */
export const allowanceSchema = z.strictObject({
  isAllowed: z.boolean(),
  /** Why not, or what was found. */
  reason: z.string().nullable(),
  /** What the name resolves to here, those that are let through alone. */
  addresses: z.array(z.string()),
});
export type Allowance = z.infer<typeof allowanceSchema>;

/** Applications that an allow-list would cut off. */
export const cutOffSchema = z.array(z.strictObject({ displayName: z.string(), reason: z.string() }));

/** The versions of app and service. */
export const versionsSchema = z.strictObject({
  own: z.string(),
  /** Null where the service did not answer. */
  service: z.string().nullable(),
});

function isProxyAddress(text: string): boolean {
  const address = text.includes('://') ? text : `http://${text}`;
  if (!/^(?:https?|socks5h?|socks):\/\//i.test(address) || !URL.canParse(address)) return false;
  const { hostname, pathname, search, hash, username, password } = new URL(address);
  return hostname !== '' && (pathname === '/' || pathname === '') && search + hash + username + password === '';
}

function isWebAddress(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username + password === '';
}
