import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import {
  MAX_CONCURRENT_REQUESTS,
  MAX_REQUESTS_PER_SECOND,
  userSchema,
} from '../../src-shared/publishing/application.ts';
import { brandingSchema } from './branding-configuration.ts';
import { describeConfigurationIssues } from '../../src-shared/configuration/configuration-issues.ts';
import { applyEnvironment, environmentName } from './environment-overrides.ts';
import {
  findProviderContradictions,
  identityProviderSchema,
  identityProvidersSchema,
  providerUrl,
} from './identity-provider-configuration.ts';
import { findStoreContradictions, storeSchema, withAbsoluteStoreFiles } from './store-configuration.ts';

const port = z.number().int().min(0).max(65_535);
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' });
const rate = z.number().int().min(0).max(MAX_REQUESTS_PER_SECOND);
const MAX_SESSION_SECONDS = 30 * 86_400;
const MAX_REFRESH_SECONDS = 3600;
/** Each is two series. */
const MAX_APPLICATION_LABELS = 200;
const hostName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'must be a host name in lower case, with no scheme, port or path');
const originUrl = httpUrl.refine((text) => new URL(text).pathname === '/' && !/[?#@]/.test(text), {
  error: 'must have no path, query, fragment or credentials',
});
const sealingKeyText = z
  .base64({ error: 'must be base64' })
  .refine((text) => Buffer.from(text, 'base64').length === 32, {
    error: 'must be 32 bytes in base64 (openssl rand -base64 32)',
  });
const tlsFiles = z.strictObject({ certificateFile: z.string().min(1), keyFile: z.string().min(1) });
const uuidLike = z.string().trim().min(1).max(256);

const acmeSchema = z.strictObject({
  directoryUrl: providerUrl.default('https://acme-v02.api.letsencrypt.org/directory'),
  /** Says that the operator has read the authority's terms of service and agrees. */
  termsOfServiceAgreed: z.literal(true, { error: 'must be true: read the terms of the authority and agree to them' }),
  /** Mail addresses at which the authority may say that something is wrong. */
  contact: z.array(z.email()).max(10).default([]),
  /** How a host is proven: `tls-alpn-01` at `listen`, which the Internet must reach at port 443, or `http-01` at `httpListen`. */
  challenge: z.enum(['tls-alpn-01', 'http-01']).default('tls-alpn-01'),
  /** What some authorities ask for: an account that exists there already. The key is base64url. */
  externalAccountBinding: z.strictObject({ keyId: z.string().min(1), hmacKey: z.string().min(1) }).optional(),
  /** PEM with the certificates of authorities to trust for the directory, beside the system's. */
  caFile: z.string().min(1).optional(),
});
export type AcmeConfiguration = z.infer<typeof acmeSchema>;

/**
 * Everything that an operator sets, with what holds where nothing is said. A key that is not listed is refused. Files are
 * found relative to the folder of the configuration file.
 */
export const serviceConfigurationSchema = z.strictObject({
  /** Form of this file; later ones are upgraded when they are read. */
  version: z.literal(1).default(1),
  /** Where users and connectors arrive. Port 0 takes a free one. */
  listen: z.strictObject({ host: z.string().min(1).default('0.0.0.0'), port: port.default(8080) }).prefault({}),
  /** The service's own address as users and connectors see it, with no path. Port 0 stands for the port of `listen`. */
  publicUrl: originUrl,
  /**
   * A listener of its own for tunnels, with a TLS of its own: where users come through a load balancer that is not meant to
   * carry long-lived connections, or arrive in plain. Connectors that enrol from then on dial `publicUrl` of it; `listen`
   * goes on taking the others.
   */
  tunnelListen: z
    .strictObject({
      host: z.string().min(1).default('0.0.0.0'),
      port: port.default(8443),
      /** This listener's address as connectors see it. Port 0 stands for the port that it got. */
      publicUrl: originUrl,
      tls: tlsFiles.optional(),
    })
    .optional(),
  /** Further names under which the service itself may be addressed. */
  additionalHosts: z.array(hostName).default([]),
  /** Suffix under which external URLs are offered (`apps.example.com`). */
  applicationsDomain: hostName,
  /** Holds the database of SQLite and the sealing key, where nothing else is said; made where it doesn't exist. */
  dataFolder: z.string().min(1),
  /** Where the durable state lies. */
  store: storeSchema.prefault({}),
  /** What seals the secrets in it; `sealing.key` in `dataFolder` where nothing is said. The first key seals, all of them open. */
  sealing: z
    .strictObject({ keys: z.array(sealingKeyText).min(1).max(16).optional(), keyFile: z.string().min(1).optional() })
    .prefault({}),
  tls: tlsFiles.optional(),
  /**
   * Plain HTTP for those who type an address without a scheme: sends them to https, and answers an ACME authority. Needed
   * for `acme.challenge: http-01`, and then at port 80 as the Internet sees it.
   */
  httpListen: z.strictObject({ host: z.string().min(1).default('0.0.0.0'), port: port.default(80) }).optional(),
  /** Gets certificates for external hosts that none covers, by ACME (RFC 8555); needs TLS at `listen`. */
  acme: acmeSchema.optional(),
  /** Where `/healthz`, `/readyz` and `/metrics` are answered; not meant for the Internet. */
  operations: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: port.default(9464),
      /** How many applications, those with the most requests, get series of their own in `/metrics`. */
      applicationLabels: z.number().int().min(0).max(MAX_APPLICATION_LABELS).default(0),
    })
    .prefault({}),
  /** Signs users in (OpenID Connect, authorization code): the default one where there are more. */
  identityProvider: identityProviderSchema.optional(),
  /** Further providers. The first of all is the default one, of applications that name none. */
  identityProviders: identityProvidersSchema.default([]),
  /** How long a sign-in is good, and how often its provider is asked whether it still is (docs/operations.md, "Sessions"). */
  sessions: z
    .strictObject({
      /** From the sign-in on, whatever happens. */
      absoluteLifetimeSeconds: z.number().int().min(1).max(MAX_SESSION_SECONDS).default(28_800),
      /** Without a request, or something from the user on a WebSocket. */
      idleTimeoutSeconds: z.number().int().min(1).max(MAX_SESSION_SECONDS).default(7200),
      /** From one question to the provider to the next, by the refresh token of each session in use; 0: none is asked for. */
      refreshIntervalSeconds: z.number().int().min(0).max(MAX_REFRESH_SECONDS).default(45),
    })
    .prefault({}),
  /** Whose access tokens the admin API takes, and how the desktop app signs an administrator in. */
  administrators: z.strictObject({
    mode: z.enum(['entra', 'oidc']).default('entra'),
    authority: httpUrl,
    clientId: uuidLike,
    /** The `aud` of access tokens for the admin API. */
    apiAudience: z.string().min(1),
    apiScope: z.string().min(1),
    /** Resource indicator of the API (RFC 8707), where the provider wants one beside the scope. Not for Entra. */
    apiResource: z.url().optional(),
    knownAuthorities: z.array(z.string().min(1)).default([]),
    /** The provider's discovery document as JSON text, where MSAL can't fetch it itself. */
    authorityMetadata: z.string().min(2).optional(),
    issuer: providerUrl,
    /** One role that permits everything; `administratorRoles` takes several. */
    administratorRole: z.string().min(1).optional(),
    /** Roles that permit everything; any one will do. Entra's where absent (`administrator-roles.ts`). */
    administratorRoles: z.array(z.string().min(1)).min(1).optional(),
    /** Roles that permit reading; any one will do. Entra's where absent; empty for none. */
    readerRoles: z.array(z.string().min(1)).optional(),
    /** The claim of access tokens that holds the roles, dots leading into objects. */
    rolesClaim: z.string().min(1).max(256).default('roles'),
  }),
  /** People known before their first sign-in, for the picker. */
  directory: z.strictObject({ users: z.array(userSchema).default([]) }).prefault({}),
  /** Addresses or CIDR ranges of proxies whose `X-Forwarded-*` is believed. */
  trustedProxies: z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])).default([]),
  /** How much is let through; 0 stands for no limit (docs/operations.md, "Rates"). */
  limits: z
    .strictObject({
      /** Requests a second that are let through, of all applications together. */
      requestsPerSecond: rate.default(750),
      /** The same of one application that says nothing itself. */
      applicationRequestsPerSecond: rate.default(500),
      /** Requests under way at once of one application that says nothing itself. */
      applicationConcurrentRequests: z.number().int().min(0).max(MAX_CONCURRENT_REQUESTS).default(0),
      /** Requests a second of one client address that come without a session. */
      clientRequestsPerSecond: rate.default(200),
      /** Steps a second of sign-ins and sign-outs, four for each sign-in: of one client address, and of all together. */
      clientSignInRequestsPerSecond: rate.default(30),
      signInRequestsPerSecond: rate.default(400),
    })
    .prefault({}),
  /**
   * Who reads ordinary requests over HTTP/1.1 and writes their responses: the service, which is cheaper, or node:http, which does
   * all others in any case (ADR 0044).
   */
  userRequests: z.enum(['own', 'node']).default('own'),
  /**
   * What the connections of those requests are read into where they speak no TLS: memory that all share, which is cheaper and
   * undocumented in Node, or memory of each read (ADR 0044).
   */
  userReads: z.enum(['shared', 'each']).default('shared'),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  displayName: z.string().trim().min(1).max(120).default('Postern'),
  branding: brandingSchema.prefault({}),
});
export type ServiceConfiguration = z.infer<typeof serviceConfigurationSchema>;

/** What may stand in the file: the same with defaults left out. @internal exported for tests */
export type ServiceConfigurationInput = z.input<typeof serviceConfigurationSchema>;

/**
 * Checks a configuration that came as plain data.
 * @throws PosternError `CONFIG_INVALID` with one line per problem: key, value, what is allowed.
 * @internal exported for tests
 */
export function parseServiceConfiguration(data: unknown, origin = 'the configuration'): ServiceConfiguration {
  const parsed = serviceConfigurationSchema.safeParse(data);
  const lines = parsed.success
    ? findContradictions(parsed.data)
    : describeConfigurationIssues(parsed.error.issues, data, serviceConfigurationSchema, {
        describeMissing: (path) => `Set it in the file or as ${environmentName(path.map(String))}.`,
      });
  if (parsed.success && lines.length === 0) return parsed.data;
  throw new PosternError('CONFIG_INVALID', {
    message: `In ${origin}:\n${lines.map((line) => `  ${line}`).join('\n')}`,
  });
}

/** Keys that are right each by itself, but not together. */
function findContradictions(configuration: ServiceConfiguration): string[] {
  const { publicUrl, acme, httpListen, administrators, store } = configuration;
  const lines = [...findProviderContradictions(configuration), ...findStoreContradictions(store)];
  if (administrators.administratorRole !== undefined && administrators.administratorRoles !== undefined) {
    lines.push('administrators.administratorRole: stands beside administratorRoles. Move it into that list.');
  }
  if (acme !== undefined && !publicUrl.startsWith('https:')) {
    lines.push('publicUrl: must be https:// where acme is set: certificates are for TLS.');
  }
  if (acme?.challenge === 'http-01' && httpListen === undefined) {
    lines.push('httpListen: is missing, and acme.challenge http-01 is answered there. Set it, or take tls-alpn-01.');
  }
  return lines;
}

/**
 * Reads the YAML file, lays the environment over it (`POSTERN_LISTEN_PORT` is `listen.port`; lists are separated by
 * commas or are JSON), and checks the result. Without a file the environment alone must suffice.
 * @throws PosternError `CONFIG_INVALID`
 */
export function loadServiceConfiguration(
  file: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): ServiceConfiguration {
  const fromFile = file === null ? {} : readConfigurationFile(file);
  const data = applyEnvironment(fromFile, environment, serviceConfigurationSchema);
  const configuration = parseServiceConfiguration(data, file === null ? 'the environment' : file);
  const folder = file === null ? process.cwd() : dirname(resolve(file));
  return withAbsoluteFiles(configuration, folder);
}

function readConfigurationFile(file: string): unknown {
  try {
    const data: unknown = parseYaml(readFileSync(file, 'utf8')) ?? {};
    // Says to editors which keys there are, and nothing to the service.
    if (typeof data === 'object' && data !== null) Reflect.deleteProperty(data, '$schema');
    return data;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PosternError('CONFIG_INVALID', {
      message: `The configuration file ${file} can't be read: ${reason}`,
      cause: error,
    });
  }
}

function withAbsoluteFiles(configuration: ServiceConfiguration, folder: string): ServiceConfiguration {
  const { tls, tunnelListen, identityProvider, identityProviders, acme, branding } = configuration;
  const { logoFile, errorTemplateFile } = branding;
  type TlsFiles = z.infer<typeof tlsFiles>;
  const absolute = ({ certificateFile, keyFile }: TlsFiles): TlsFiles => ({
    certificateFile: resolve(folder, certificateFile),
    keyFile: resolve(folder, keyFile),
  });
  type Provider = z.infer<typeof identityProviderSchema>;
  const absoluteProvider = (provider: Provider): Provider => ({
    ...provider,
    ...(provider.caFile !== undefined && { caFile: resolve(folder, provider.caFile) }),
    ...(provider.clientKeyFile !== undefined && { clientKeyFile: resolve(folder, provider.clientKeyFile) }),
    ...(provider.clientCertificateFile !== undefined && {
      clientCertificateFile: resolve(folder, provider.clientCertificateFile),
    }),
  });
  return {
    ...configuration,
    dataFolder: resolve(folder, configuration.dataFolder),
    store: withAbsoluteStoreFiles(configuration.store, folder),
    sealing: {
      ...configuration.sealing,
      ...(configuration.sealing.keyFile !== undefined && { keyFile: resolve(folder, configuration.sealing.keyFile) }),
    },
    ...(tls && { tls: absolute(tls) }),
    ...(acme && { acme: { ...acme, ...(acme.caFile !== undefined && { caFile: resolve(folder, acme.caFile) }) } }),
    ...(tunnelListen && {
      tunnelListen: { ...tunnelListen, ...(tunnelListen.tls && { tls: absolute(tunnelListen.tls) }) },
    }),
    branding: {
      ...branding,
      ...(logoFile !== undefined && { logoFile: resolve(folder, logoFile) }),
      ...(errorTemplateFile !== undefined && { errorTemplateFile: resolve(folder, errorTemplateFile) }),
    },
    ...(identityProvider && { identityProvider: absoluteProvider(identityProvider) }),
    identityProviders: identityProviders.map(absoluteProvider),
  };
}
