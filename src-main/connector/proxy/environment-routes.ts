import { AddressRanges } from '../../../src-shared/addresses/address-ranges.ts';
import { PosternError } from '../../../src-shared/errors/postern-error.ts';
import { isIP } from 'node:net';
import { isCovered } from '../policy/covered-address.ts';
import { parseProxyUrl } from './parse-proxy.ts';
import type { FindRoutes, ProxyCredentials } from './proxy-route.ts';

/**
 * The ways that `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say, in capitals or not, as curl reads them. They are
 * read at each connection.
 * @param credentials for a proxy whose address names none
 */
export function environmentRoutes(
  environment: Readonly<Record<string, string | undefined>>,
  credentials: ProxyCredentials | null,
): FindRoutes {
  const read = (...names: readonly string[]): string | null => {
    const values = names.flatMap((name) => [environment[name.toLowerCase()], environment[name]]);
    return values.find((value) => value !== undefined && value.trim() !== '')?.trim() ?? null;
  };
  return async (url) => {
    const isSecure = url.protocol === 'https:' || url.protocol === 'wss:';
    const variable = isSecure ? 'HTTPS_PROXY' : 'HTTP_PROXY';
    const text = read(variable, 'ALL_PROXY');
    if (text === null || isExempt(url, read('NO_PROXY') ?? '')) return ['direct'];
    const server = parseProxyUrl(text);
    if (server === null) {
      const shown = text.replace(/\/\/[^@/]*@/, '//');
      throw new PosternError('PROXY_UNREACHABLE', {
        message: `${variable} is ${shown}, which is no address of a proxy such as http://proxy.example.com:3128.`,
      });
    }
    return [{ ...server, credentials: server.credentials ?? credentials }];
  };
}

/** Whether a list such as `localhost,.corp.example,10.0.0.0/8` names a host: each name stands for what is below it, too. */
export function isExempt(url: URL, list: string): boolean {
  const hostname = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port === '' ? (/^(?:https|wss):$/.test(url.protocol) ? '443' : '80') : url.port;
  return list.split(/[\s,;]+/).some((part) => {
    const entry = part.toLowerCase();
    if (entry === '' || entry === '*') return entry === '*';
    if (isRange(entry)) return isCovered(new AddressRanges([entry]), hostname);
    const [, name = entry, wantedPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
    if (wantedPort !== undefined && wantedPort !== port) return false;
    const bare = name.replace(/^\*?\./, '');
    return hostname === bare || hostname.endsWith(`.${bare}`);
  });
}

function isRange(entry: string): boolean {
  const [address = '', prefix] = entry.split('/');
  const family = isIP(address);
  if (family === 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 6 ? 128 : 32));
}
