import { z } from 'zod';
import { timeWindowSchema } from '../publishing/conditional-access.ts';

/** Bounds of an allow-list; docs/limits.md says why. */
const ALLOW_LIST_LIMITS = { rules: 200, entries: 100, windows: 20 } as const;
const MAX_PORT = 65_535;

const HOST_HINT = 'must be a host name, *. and a domain, or an address, with no scheme, port or path';
const PORT_HINT = 'must be a port from 1 to 65535 or a range such as 8000-8099';

/** A host name, `*.` and what follows it, or an address without brackets; as URLs spell it. */
const host = z
  .string()
  .trim()
  .max(255)
  .transform((text, context) => {
    const canonical = canonicalHost(text);
    if (canonical === null) context.addIssue({ code: 'custom', message: HOST_HINT });
    return canonical ?? text;
  });

const range = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'must be an address or a network in CIDR notation, such as 10.0.0.0/8',
});

const port = z.union([
  z.number().int().min(1, PORT_HINT).max(MAX_PORT, PORT_HINT),
  z.string().refine((text) => portsOf(text) !== null, PORT_HINT),
]);

/** What one rule lets through: what fits all that the rule names. */
export const allowRuleSchema = z
  .strictObject({
    /** Names as they stand in internal URLs: exact, or `*.corp.example` for whatever is below; none stands for every name. */
    hosts: z.array(host).max(ALLOW_LIST_LIMITS.entries).default([]),
    /** What a name must resolve to; none stands for every address that isn't protected. */
    addresses: z.array(range).max(ALLOW_LIST_LIMITS.entries).default([]),
    /** Numbers and ranges (`8000-8099`); none stands for every port. */
    ports: z.array(port).max(ALLOW_LIST_LIMITS.entries).default([]),
    /** None stands for every time. */
    hours: z.array(timeWindowSchema).max(ALLOW_LIST_LIMITS.windows).default([]),
  })
  .refine(({ hosts, addresses, ports, hours }) => hosts.length + addresses.length + ports.length + hours.length > 0, {
    error: 'names nothing. Give hosts, addresses, ports or hours',
  });
export type AllowRule = z.infer<typeof allowRuleSchema>;

/**
 * What a connector may contact, whatever its service asks (B70): what fits one of the rules. Without any rule it is everything
 * but protected addresses (link-local ones and those of cloud metadata), which must be named in any case.
 */
export const allowListSchema = z.array(allowRuleSchema).max(ALLOW_LIST_LIMITS.rules);

/** First and last port of a number or range; null where it is neither. */
export function portsOf(entry: number | string): readonly [first: number, last: number] | null {
  const [whole, from, to] = /^\s*(\d{1,5})\s*(?:-\s*(\d{1,5})\s*)?$/.exec(String(entry)) ?? [];
  if (whole === undefined) return null;
  const first = Number(from);
  const last = to === undefined ? first : Number(to);
  return first >= 1 && first <= last && last <= MAX_PORT ? [first, last] : null;
}

function canonicalHost(text: string): string | null {
  const isWildcard = text.startsWith('*.');
  const bare = (isWildcard ? text.slice(2) : text).replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (bare === '' || /[\s/?#@*\\[\]%]/.test(bare)) return null;
  const authority = bare.includes(':') ? `[${bare}]` : bare;
  const url = `http://${authority}/`;
  if (!URL.canParse(url)) return null;
  const { hostname, host: hostAndPort } = new URL(url);
  if (hostname !== hostAndPort) return null;
  const canonical = hostname.replace(/^\[|\]$/g, '');
  const isAddress = canonical.includes(':') || /^[\d.]+$/.test(canonical);
  return isWildcard ? (isAddress ? null : `*.${canonical}`) : canonical;
}
