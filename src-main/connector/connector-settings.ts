import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { describeConfigurationIssues } from '../../src-shared/configuration/configuration-issues.ts';
import { allowListSchema } from '../../src-shared/connector/allow-list.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { DEFAULT_TUNNELS, MAX_TUNNELS } from './engine-options.ts';
import { parseProxyUrl } from './proxy/parse-proxy.ts';

/** Keys of connector.yaml. */
export const connectorSettingsSchema = z.strictObject({
  /** Address of the service; needed until the connector is enrolled. */
  serviceUrl: z.string().min(1).optional(),
  /** Folder of the connector's identity; relative to the settings file. */
  dataFolder: z.string().min(1).default('postern-connector'),
  /** How the connector is called in lists; the machine's name where absent. */
  displayName: z.string().trim().min(1).max(120).optional(),
  /** Used once, at the first start. */
  enrolmentToken: z.string().min(1).max(256).optional(),
  /** A file with the token in it, in place of the token; relative to the settings file, `-` for standard input. */
  enrolmentTokenFile: z.string().min(1).optional(),
  connectorGroupId: z.string().min(1).max(128).optional(),
  tunnels: z.number().int().min(1).max(MAX_TUNNELS).default(DEFAULT_TUNNELS),
  /** What speaks HTTP/1.1 to backends: `plain`, our own client, or `undici`, which is slower and reads more. */
  backendHttp1Client: z.enum(['plain', 'undici']).default('plain'),
  /** What may be contacted, whatever the service asks; everything but link-local and cloud metadata addresses where absent. */
  allowList: allowListSchema.default([]),
  /** How the service is reached: `environment` (HTTPS_PROXY, NO_PROXY), `none`, or the address of a proxy (`http://proxy:3128`). */
  proxy: z
    .string()
    .refine(
      isProxySetting,
      'must be environment, none, or an address such as http://proxy.example.com:3128 or socks5://proxy.example.com:1080',
    )
    .refine(
      (text) => !/\/\/[^/]*@/.test(text),
      'must name no user and no password: proxyUserName and proxyPasswordFile do',
    )
    .default('environment'),
  /** For a proxy that asks for a user name (Basic, SOCKS5). */
  proxyUserName: z.string().min(1).max(256).optional(),
  /** A file with the password in it; relative to the settings file. POSTERN_PROXY_PASSWORD holds the password itself. */
  proxyPasswordFile: z.string().min(1).optional(),
  /** Whether applications, too, are reached by the proxy. */
  proxyForBackends: z.boolean().default(false),
  /** PEM file of further authorities for the service's certificate; relative to the settings file. */
  caFile: z.string().min(1).optional(),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});
export type ConnectorSettings = z.infer<typeof connectorSettingsSchema>;

/** Environment variables that stand over the file, with the key that each sets. */
const VARIABLES = {
  POSTERN_SERVICE_URL: 'serviceUrl',
  POSTERN_DATA_FOLDER: 'dataFolder',
  POSTERN_DISPLAY_NAME: 'displayName',
  POSTERN_ENROLMENT_TOKEN: 'enrolmentToken',
  POSTERN_ENROLMENT_TOKEN_FILE: 'enrolmentTokenFile',
  POSTERN_CONNECTOR_GROUP_ID: 'connectorGroupId',
  POSTERN_TUNNELS: 'tunnels',
  POSTERN_BACKEND_HTTP1_CLIENT: 'backendHttp1Client',
  POSTERN_PROXY: 'proxy',
  POSTERN_PROXY_USER_NAME: 'proxyUserName',
  POSTERN_PROXY_PASSWORD_FILE: 'proxyPasswordFile',
  POSTERN_CA_FILE: 'caFile',
  POSTERN_LOG_LEVEL: 'logLevel',
} as const satisfies Record<string, keyof ConnectorSettings>;

/**
 * Reads the settings: the file, over it the environment, over that the options of the command line.
 * @param file null where the command names none; paths are relative to the working folder then.
 * @throws PosternError `CONFIG_INVALID` naming the key, and what is allowed.
 */
export async function loadConnectorSettings(
  file: string | null,
  environment: Readonly<Record<string, string | undefined>>,
  options: Readonly<Record<string, unknown>>,
): Promise<ConnectorSettings> {
  const values: Record<string, unknown> = file === null ? {} : { ...(await readYaml(file)) };
  // Says to editors which keys there are, and nothing to the connector.
  delete values['$schema'];
  for (const [variable, key] of Object.entries(VARIABLES)) {
    const text = environment[variable];
    if (text !== undefined && text !== '') values[key] = key === 'tunnels' ? Number(text) : text;
  }
  for (const [key, value] of Object.entries(options)) {
    if (value !== undefined) values[key] = value;
  }
  const result = connectorSettingsSchema.safeParse(values);
  if (!result.success) {
    const problems = describeConfigurationIssues(result.error.issues, values, connectorSettingsSchema, {
      describeMissing: () => '',
    });
    throw invalid(`${file ?? 'The settings'}: ${problems.join('\n  ')}`);
  }
  const base = file === null ? process.cwd() : path.dirname(path.resolve(file));
  const { dataFolder, caFile, enrolmentTokenFile, proxyPasswordFile, ...rest } = result.data;
  if (enrolmentTokenFile !== undefined && rest.enrolmentToken !== undefined) {
    throw invalid('enrolmentTokenFile: enrolmentToken is given too. Leave one of them out.');
  }
  return {
    ...rest,
    dataFolder: path.resolve(base, dataFolder),
    ...(caFile === undefined ? {} : { caFile: path.resolve(base, caFile) }),
    ...(proxyPasswordFile === undefined ? {} : { proxyPasswordFile: path.resolve(base, proxyPasswordFile) }),
    ...(enrolmentTokenFile === undefined
      ? {}
      : { enrolmentTokenFile: enrolmentTokenFile === '-' ? '-' : path.resolve(base, enrolmentTokenFile) }),
  };
}

/** The authorities in the settings' `caFile`, PEM. @throws PosternError `CONFIG_INVALID` when it can't be read. */
export async function readExtraCertificates(settings: ConnectorSettings): Promise<string[]> {
  if (settings.caFile === undefined) return [];
  let text: string;
  try {
    text = await readFile(settings.caFile, 'utf8');
  } catch (error) {
    throw invalid(`caFile: ${settings.caFile} can't be read.`, error);
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  if (certificates === null) throw invalid(`caFile: ${settings.caFile} holds no certificate in PEM.`);
  return certificates;
}

function isProxySetting(text: string): boolean {
  return text === 'environment' || text === 'none' || parseProxyUrl(text) !== null;
}

async function readYaml(file: string): Promise<object> {
  let value: unknown;
  try {
    value = parse(await readFile(file, 'utf8'));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw invalid(`The settings in ${file} can't be read: ${detail}`, error);
  }
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw invalid(`${file}: keys and values are expected.`);
  return value;
}

function invalid(message: string, cause?: unknown): PosternError {
  return new PosternError('CONFIG_INVALID', { message, cause });
}
