import { readFile } from 'node:fs/promises';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import type { ConnectorSettings } from '../connector-settings.ts';
import { environmentRoutes } from './environment-routes.ts';
import { parseProxyUrl } from './parse-proxy.ts';
import { directRoutes, type FindRoutes, fixedRoutes, type ProxyCredentials } from './proxy-route.ts';

/** The ways out that the settings of the headless connector say. @throws PosternError `CONFIG_INVALID` */
export async function settingsRoutes(
  settings: ConnectorSettings,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<FindRoutes> {
  const credentials = await readCredentials(settings, environment['POSTERN_PROXY_PASSWORD']);
  if (settings.proxy === 'none') return directRoutes;
  if (settings.proxy === 'environment') return environmentRoutes(environment, credentials);
  const server = parseProxyUrl(settings.proxy);
  return server === null ? directRoutes : fixedRoutes({ ...server, credentials });
}

async function readCredentials(
  { proxyUserName: userName, proxyPasswordFile }: ConnectorSettings,
  variable: string | undefined,
): Promise<ProxyCredentials | null> {
  if (userName === undefined) return null;
  if (proxyPasswordFile === undefined) return { userName, password: variable ?? '' };
  try {
    return { userName, password: (await readFile(proxyPasswordFile, 'utf8')).replace(/\r?\n$/, '') };
  } catch (error) {
    const message = `proxyPasswordFile: ${proxyPasswordFile} can't be read.`;
    throw new PosternError('CONFIG_INVALID', { message, cause: error });
  }
}
