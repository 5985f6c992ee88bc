import fc from 'fast-check';
import { pino } from 'pino';
import { beforeAll, expect, test } from 'vitest';
import { BackendRoute, type RouteSource } from '../../src-main/connector/backend-route.ts';
import { BackendTrust } from '../../src-main/connector/backend-trust.ts';
import { UrlMap } from '../../src-main/connector/translation/url-map.ts';
import { WildcardRoute } from '../../src-main/connector/wildcard-route.ts';
import { ApplicationCatalog } from '../../src-service/edge/application-catalog.ts';
import { isFolderName } from '../../src-service/edge/host-applications.ts';
import { parseHostHeader } from '../../src-service/edge/host-header.ts';
import { parseRequestTarget } from '../../src-service/edge/request-target.ts';
import { UNDESCRIBED_APPLICATION } from '../../src-shared/publishing/application-presentation.ts';
import { type Application, ON_PREMISES_PUBLISHING_DEFAULTS } from '../../src-shared/publishing/application.ts';
import { makeApplication } from '../helpers/forwarder-client.ts';
import { everyReading } from '../helpers/path-readers.ts';

const PAIRS = [
  ['https://deep.example/pub/', 'http://deep.internal/inner/pub/'],
  ['https://deep.example/pub/secret/', 'http://deep.internal/inner/pub/secret/'],
  ['https://root.example/pub/', 'http://root.internal/'],
  ['https://*.wild.example/pub/', 'http://*.internal/inner/pub/'],
] as const;

const catalog = new ApplicationCatalog({
  source: {
    applications: { list: async () => PAIRS.map(([externalUrl, internalUrl]) => published(externalUrl, internalUrl)) },
    assignments: { list: async () => [] },
    onChange: () => () => undefined,
  },
  defaultProviderId: 'default',
  log: pino({ level: 'silent' }),
});
const urlMap = new UrlMap(PAIRS.map(([externalUrl, internalUrl]) => ({ externalUrl, internalUrl })));
const trust = new BackendTrust();
const routes = new Map<string, RouteSource>(
  PAIRS.map(([externalUrl, internalUrl]) => {
    const application = makeApplication({ id: externalUrl, externalUrl, internalUrl });
    const Route = externalUrl.includes('*') ? WildcardRoute : BackendRoute;
    return [externalUrl, new Route(application, urlMap, trust)];
  }),
);

beforeAll(() => catalog.start());

function published(externalUrl: string, internalUrl: string): Application {
  return {
    id: externalUrl,
    appId: externalUrl,
    displayName: externalUrl,
    createdDateTime: '',
    appRoleAssignmentRequired: false,
    appRoles: [],
    connectorGroupId: '',
    ...UNDESCRIBED_APPLICATION,
    onPremisesPublishing: { ...ON_PREMISES_PUBLISHING_DEFAULTS, externalUrl, internalUrl },
  };
}

/** Where a request goes: what the edge decides and the connector makes of it; null where it is refused. */
function destination(
  host: string,
  raw: string,
): { readonly by: string; readonly origin: string; readonly target: string } | null {
  const authority = parseHostHeader(['Host', host]);
  const target = authority && parseRequestTarget(raw, authority.authority);
  if (authority === null || target === null) return null;
  const [first, ...others] = target.readings.map((reading) => catalog.match(authority.hostname, reading));
  if (first === undefined || others.some((other) => other !== first)) return null;
  if (isFolderName(first, target.readings[0])) return null;
  const head = { authority: authority.authority, target: target.target };
  const route = routes.get(first.routeId)?.routeOf(head) ?? null;
  const mapped = route?.target(head as Parameters<BackendRoute['target']>[0]) ?? null;
  return route === null || mapped === null ? null : { by: first.routeId, origin: route.origin, target: mapped };
}

const piece = fc.constantFrom(
  ...[
    '/',
    '//',
    '.',
    '..',
    '...',
    '%2e',
    '%2E',
    '%2f',
    '%5c',
    '%25',
    '%252e',
    '%252f',
    '%00',
    '%09',
    '%0a',
    '%3b',
    '%c0%ae',
  ],
  ...['\\', ';', '?', '#', '@', ':', '*', '%', '%u002e', '\xc0\xae', '\xe9', '\t', ' ', '\0', '\x7f'],
  ...['a', 'secret', 'pub', '%73ecret', 'SECRET', 'x=1', 'http:', 'evil.example'],
);
const target = fc
  .tuple(
    fc.constantFrom('/pub/', '/pub', '/%70ub/', '/', '', '/x/../pub/', 'https://deep.example/pub/'),
    fc.array(piece, { maxLength: 10 }),
  )
  .map(([start, pieces]) => start + pieces.join(''));

test('B3 whatever the target, what reaches a backend lies in the folder of the application that was decided on', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('deep.example', 'a.wild.example'),
      fc.oneof(target, fc.string({ unit: 'binary' })),
      (host, raw) => {
        const found = destination(host, raw);
        if (found === null) return;
        const folder = new URL((PAIRS.find(([externalUrl]) => externalUrl === found.by) ?? PAIRS[0])[1]).pathname;
        const isSecret = folder.endsWith('/secret/');
        for (const path of everyReading(found.target)) {
          expect(`${path}/`.startsWith(folder)).toBe(true);
          if (!isSecret && host === 'deep.example') expect(`${path}/`.startsWith('/inner/pub/secret/')).toBe(false);
        }
      },
    ),
    { numRuns: 20_000 },
  );
});

test('B3 no target that goes to the root of a backend names another server', () => {
  fc.assert(
    fc.property(target, (raw) => {
      const found = destination('root.example', raw);
      if (found !== null) expect(found.target).toMatch(/^\/(?!\/)/);
    }),
    { numRuns: 5000 },
  );
});

test('B6 whatever the host, the internal one has one label in the place of the *', () => {
  const part = fc.constantFrom(
    'a',
    'b-1',
    '.',
    '..',
    '-',
    '_',
    '%2e',
    '/',
    '@',
    ':',
    ':80',
    '#',
    '?',
    '\\',
    '[',
    ']',
    '*',
    'xn--',
    'evil.example',
    '127.0.0.1',
    '\xe4',
    ' ',
    '\0',
  );
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 6 }),
      fc.constantFrom('.wild.example', '.WILD.example:8443', 'wild.example', ''),
      (parts, suffix) => {
        const found = destination(parts.join('') + suffix, '/pub/x');
        if (found === null) return;
        expect(found.origin).toMatch(/^http:\/\/[a-z\d](?:[a-z\d-]*[a-z\d])?\.internal$/);
        expect(found.target).toBe('/inner/pub/x');
      },
    ),
    { numRuns: 10_000 },
  );
});
