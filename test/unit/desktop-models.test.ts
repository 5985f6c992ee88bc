import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { EngineHealth, EngineState } from '../../src-shared/connector/engine-state.ts';
import { parseServiceAddress } from '../../src-shared/ipc/service-address.ts';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';
import { resolveLanguage } from '../../src-shared/text/language.ts';
import { isSafeExternalUrl } from '../../src-main/app/external-links.ts';
import { NO_CAPTURE } from '../../src-shared/connector/body-capture.ts';
import { NO_APPLICATIONS } from '../../src-shared/connector/application-watch.ts';
import { makeTrayModel } from '../../src-main/app/shell/tray-model.ts';
import { initialUpdateState } from '../../src-main/app/updates/initial-update-state.ts';
import {
  addProblem,
  type DraftProblems,
  emptyDraft,
  externalUrlOf,
  findDraftProblems,
  patchOf,
  suggestLabel,
} from '../../src-renderer/features/applications/application-draft.ts';
import { nameItem, splitWords, withSwitch } from '../../src-renderer/features/applications/settings-draft.ts';

const service = {
  serviceUrl: 'https://postern.example.com',
  displayName: 'Contoso Access',
  version: '0.1.0',
  applicationsDomain: 'apps.example.com',
  applicationsScheme: 'https' as const,
  applicationsPort: 443,
};

function engine(health: EngineHealth): EngineState {
  return {
    health,
    serviceUrl: service.serviceUrl,
    connectorId: 'c',
    connectorName: 'Gate house',
    connectorGroupName: 'Default',
    certificateExpiryMs: 0,
    tunnels: [],
    configurationVersion: 1,
    applications: [],
    isDraining: false,
    rejectedApplications: [],
    problem: null,
  };
}

const NO_UPDATES = initialUpdateState({
  publisher: { feedUrl: null, publicKeys: [], isForTests: false },
  kind: null,
  isPackaged: false,
  settings: { updates: { isAutomatic: true, feedUrl: null }, lastUpdateCheck: null },
});

const connector = {
  connectorId: 'c',
  displayName: 'Gate house',
  machineName: 'm',
  connectorGroupName: 'Default',
  certificateExpiryMs: 0,
};

describe('the tray', () => {
  test.each([
    ['ok', false, 'ok'],
    ['degraded', false, 'degraded'],
    ['offline', false, 'offline'],
    ['ok', true, 'paused'],
    ['stopped', false, 'paused'],
  ] as const)('shows %s, paused %s, as %s', (health, isPaused, state) => {
    expect(
      makeTrayModel({
        applicationWatch: NO_APPLICATIONS,
        bodyCapture: NO_CAPTURE,
        updates: NO_UPDATES,
        connector,
        engine: engine(health),
        isPaused,
        language: 'en',
        service,
      }).state,
    ).toBe(state);
  });

  test('of a connector that runs empty says so, and offers to take requests again', () => {
    const given = {
      applicationWatch: NO_APPLICATIONS,
      bodyCapture: NO_CAPTURE,
      updates: NO_UPDATES,
      connector,
      language: 'en',
      service,
    } as const;
    const drained = { ...engine('ok'), isDraining: true };
    const model = makeTrayModel({ ...given, engine: drained, isPaused: false });
    expect([model.state, model.tooltip]).toEqual([
      'degraded',
      'Postern: Drained: Contoso Access hands it no new requests',
    ]);
    expect(model.items).toContainEqual({ command: 'undrain', label: 'Take requests again' });
    expect(makeTrayModel({ ...given, engine: drained, isPaused: true }).state).toBe('paused');
  });

  test('offers a retry only while offline, and nothing to pause before the set-up', () => {
    const commands = (model: ReturnType<typeof makeTrayModel>) => model.items.flatMap((item) => item?.command ?? []);
    expect(
      commands(
        makeTrayModel({
          applicationWatch: NO_APPLICATIONS,
          bodyCapture: NO_CAPTURE,
          updates: NO_UPDATES,
          connector,
          engine: engine('offline'),
          isPaused: false,
          language: 'en',
          service,
        }),
      ),
    ).toContain('retry');
    expect(
      commands(
        makeTrayModel({
          applicationWatch: NO_APPLICATIONS,
          bodyCapture: NO_CAPTURE,
          updates: NO_UPDATES,
          connector: null,
          engine: null,
          isPaused: false,
          language: 'en',
          service: null,
        }),
      ),
    ).toEqual(['open', 'quit']);
  });
});

test('the tray lists applications, the failing first, within a bound', () => {
  const listed = Array.from({ length: 12 }, (_, index) => ({
    id: `${index}`,
    displayName: `App ${index}`,
    status: index === 0 ? ('failing' as const) : ('ok' as const),
    sinceMs: 0,
    hop: index === 0 ? ('dns' as const) : null,
    code: null,
    cause: null,
  }));
  const applicationWatch = { ok: 11, failing: 1, unknown: 0, listed };
  const given = {
    applicationWatch,
    bodyCapture: NO_CAPTURE,
    updates: NO_UPDATES,
    connector,
    isPaused: false,
    language: 'en',
    service,
  } as const;
  const model = makeTrayModel({ ...given, engine: engine('ok') });
  expect(model.state).toBe('degraded');
  const labels = model.items.map((item) => item?.label ?? null);
  expect(labels.slice(2, 12)).toEqual([
    '✕ App 0 – Fails at the host name',
    ...listed.slice(1, 8).map(({ displayName }) => `✓ ${displayName}`),
    'and 4 more',
    null,
  ]);
  expect(makeTrayModel({ ...given, isPaused: true, engine: null }).items).toHaveLength(6);
});

test('of a newer version the tray has a line that leads to the settings, whatever else it says', () => {
  const release = { version: '2.0.0', notes: '', releasedAtMs: null, sizeBytes: 1 };
  const given = { applicationWatch: NO_APPLICATIONS, bodyCapture: NO_CAPTURE, connector: null, engine: null } as const;
  const lines = (phase: 'idle' | 'ready') =>
    makeTrayModel({
      ...given,
      isPaused: false,
      language: 'en',
      service: null,
      updates: { ...NO_UPDATES, release, phase },
    }).items;
  const leads = { command: 'openPage', page: { page: 'settings', trafficText: '' } };
  expect(lines('idle')[1]).toEqual({ ...leads, label: 'Version 2.0.0 is available' });
  expect(lines('ready')[1]).toEqual({ ...leads, label: 'Version 2.0.0 is ready to install' });
});

describe('the language', () => {
  test.each([
    ['system', 'de-AT', 'de'],
    ['system', 'DE_ch', 'de'],
    ['system', 'fr-FR', 'en'],
    ['system', '', 'en'],
    ['de', 'en-US', 'de'],
    ['en', 'de-DE', 'en'],
  ] as const)('chosen %s on a system in "%s" is %s', (choice, locale, language) => {
    expect(resolveLanguage(choice, locale)).toBe(language);
  });

  test('of the tray is the chosen one', () => {
    const model = makeTrayModel({
      applicationWatch: NO_APPLICATIONS,
      bodyCapture: NO_CAPTURE,
      updates: NO_UPDATES,
      connector,
      engine: engine('ok'),
      isPaused: false,
      language: 'de',
      service,
    });
    expect(model.tooltip).toBe('Postern: Verbunden mit Contoso Access, 0 Anwendungen');
    expect(model.items.at(-1)?.label).toBe('Beenden');
  });

  test('a request that its tunnel was lost under says what to do about it', () => {
    for (const { traffic } of [CATALOGUES.en, CATALOGUES.de])
      for (const code of ['TUNNEL_TIMEOUT', 'TUNNEL_CLOSED'] as const)
        expect(traffic.remedies[code]).toMatch(/firewall/i);
  });

  test('German says everything in words of its own but what is the same in both', () => {
    const SAME = [
      '95 %',
      '99 %',
      'Administrator',
      'App',
      'Backend',
      'Claim',
      'Normal',
      'Origins',
      'Text',
      'URL',
      'Connector',
      'DNS',
      'Connectors',
      'Deutsch',
      'English',
      'Engine',
      'HTTP/1.1',
      'Header',
      'MFA',
      'Median',
      'Name',
      'Ports',
      'Start',
      'Status',
      'Strict-Transport-Security',
      'TLS',
      'Tunnel',
      'Version',
      'WebSocket',
      'Windows (PowerShell)',
    ];
    const { en, de } = CATALOGUES;
    const german = new Map(texts(de));
    const same = [...texts(en)].filter(([place, text]) => text === german.get(place));
    expect(same.map(([, text]) => text).filter((text) => !SAME.includes(text))).toEqual([]);
  });

  test('German had three words for a default, and two each for a header and an allow-list', () => {
    const folder = path.join(import.meta.dirname, '../../src-shared/text/de');
    const texts = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
    expect(texts.join('\n').match(/Voreinstellung|Vorgabe|Kopfzeile|Freigabeliste/g)).toBeNull();
  });
});

/** Each fixed text with its place in the catalogue. */
function* texts(part: object, place = ''): Generator<[string, string]> {
  for (const [key, value] of Object.entries(part) as [string, unknown][]) {
    if (typeof value === 'string') yield [`${place}/${key}`, value];
    else if (typeof value === 'object' && value !== null) yield* texts(value, `${place}/${key}`);
  }
}

describe('a service address', () => {
  test.each([
    ['postern.example.com', 'https://postern.example.com'],
    ['localhost:8080', 'http://localhost:8080'],
    ['  https://Postern.Example.com/ ', 'https://postern.example.com'],
  ])('%s means %s', (typed, url) => {
    expect(parseServiceAddress(typed)).toEqual({ url, problem: null });
  });

  test.each(['', 'ftp://x', 'https://x/path', 'https://u:p@x', 'https://a b', 'https://x?q'])(
    '%j is refused',
    (typed) => {
      expect(parseServiceAddress(typed).url).toBeNull();
    },
  );
});

describe('an application as it is typed', () => {
  test('gets its address from its name', () => {
    expect(suggestLabel('  HR & Löhne (alt) ')).toBe('hr-lohne-alt');
    const draft = { ...emptyDraft('http://hr.corp.example/'), displayName: 'HR', externalLabel: 'hr' };
    expect(externalUrlOf(draft, service)).toBe('https://hr.apps.example.com/');
    expect(findDraftProblems(draft, service, 'en')).toEqual({});
  });

  test('B37 the switches for links go together: scripts are translated with pages only', () => {
    const { settings } = emptyDraft('http://hr.corp.example/');
    expect(settings).toMatchObject({ isTranslateLinksInBodyEnabled: false, isTranslateLinksInScriptsEnabled: false });
    const both = withSwitch(settings, 'isTranslateLinksInScriptsEnabled', true);
    expect(both).toMatchObject({ isTranslateLinksInBodyEnabled: true, isTranslateLinksInScriptsEnabled: true });
    expect(withSwitch(both, 'isTranslateLinksInBodyEnabled', false)).toEqual(settings);
  });

  test('B1 has a message for each field that can not stay as it is', () => {
    const draft = { ...emptyDraft('http://10.0.0.5/'), allowIpHosts: false, externalLabel: '-no-' };
    expect(Object.keys(findDraftProblems(draft, service, 'en')).toSorted()).toEqual([
      'displayName',
      'externalUrl',
      'internalUrl',
    ]);
    expect(findDraftProblems(draft, service, 'de').internalUrl).toEqual([CATALOGUES.de.urlProblems.ipNotAllowed]);
  });

  test('B1 settings are checked by the rules of the API, with its words', () => {
    const draft = { ...emptyDraft('http://hr.corp.example/'), displayName: 'HR', externalLabel: 'hr' };
    const settings = {
      ...draft.settings,
      applicationServerTimeoutSeconds: '4000',
      maximumRequestsPerSecond: 'many',
      appRoles: '[{',
      conditionalAccessPolicies: '[{"displayName": "Hours"}]',
    };
    const problems = findDraftProblems({ ...draft, homePageUrl: 'x'.repeat(3000), settings }, service, 'en');
    expect(Object.keys(problems).toSorted()).toEqual([
      'appRoles',
      'applicationServerTimeoutSeconds',
      'conditionalAccessPolicies',
      'maximumRequestsPerSecond',
      'web',
    ]);
    expect(problems.conditionalAccessPolicies?.[0]).toContain('demands nothing');
    const inGerman = findDraftProblems({ ...draft, homePageUrl: 'x'.repeat(3000), settings }, service, 'de');
    expect(inGerman.applicationServerTimeoutSeconds).toEqual(['Der Wert darf höchstens 3600 sein.']);
    expect(inGerman.appRoles).toEqual([CATALOGUES.de.applications.notJson]);
  });

  test('a number that is too small, too large or broken was called no number', () => {
    const draft = { ...emptyDraft('http://hr.corp.example/'), displayName: 'HR', externalLabel: 'hr' };
    const problemOf = (applicationServerTimeoutSeconds: string) =>
      findDraftProblems({ ...draft, settings: { ...draft.settings, applicationServerTimeoutSeconds } }, service, 'de')
        .applicationServerTimeoutSeconds;
    expect(problemOf('-5')).toEqual(['Der Wert muss mindestens 1 sein.']);
    expect(problemOf('0.5')).toEqual(['Hier muss eine ganze Zahl stehen.']);
    expect(problemOf('999999999999999')).toEqual(['Der Wert darf höchstens 3600 sein.']);
    expect(problemOf('1e3')).toEqual(['Hier muss eine Zahl stehen.']);
  });

  test('what is wrong with an audience was said of “0”', () => {
    const items = splitWords(' api://one\n\n ü two');
    expect(items).toEqual(['api://one', 'ü', 'two']);
    expect(nameItem('1: must be visible ASCII', items)).toBe('ü: must be visible ASCII');
    expect(nameItem('must be a list', items)).toBe('must be a list');
  });

  test('problems of one field did not stand at the item of the first, and the home page has no path before its own', () => {
    const problems: DraftProblems = {};
    const segments = 'onPremisesPublishing.segmentsConfiguration.applicationSegments';
    expect(addProblem(problems, `${segments}.0.internalUrl`, 'is wrong')).toBe(true);
    addProblem(problems, `${segments}.2.externalUrl`, 'is taken');
    addProblem(problems, `${segments}.2.externalUrl`, 'is taken');
    addProblem(problems, 'web.homePageUrl', 'must be a URL');
    expect(addProblem(problems, 'somethingElse', 'is not allowed')).toBe(false);
    expect(problems).toEqual({
      segmentsConfiguration: [
        'applicationSegments.0.internalUrl: is wrong',
        'applicationSegments.2.externalUrl: is taken',
      ],
      web: ['must be a URL'],
    });
  });

  test('a change says nothing about what was left alone', () => {
    const before = { ...emptyDraft('http://hr.corp.example/'), displayName: 'HR', externalLabel: 'hr' };
    expect(patchOf(before, before, service)).toEqual({});
    const settings = { ...before.settings, maximumRequestsPerSecond: '20', isOnPremPublishingEnabled: false };
    expect(patchOf(before, { ...before, isHiddenFromMyApps: true, settings }, service)).toEqual({
      tags: ['HideApp'],
      onPremisesPublishing: { maximumRequestsPerSecond: 20, isOnPremPublishingEnabled: false },
    });
  });
});

test.each([
  ['https://example.com/', true],
  ['http://app.postern.localhost:1/', true],
  ['http://localhost.example.com/', false],
  ['http://127.0.0.1.example.com/', false],
  ['file:///etc/passwd', false],
])('handing %s to the system browser: %s', (url, isSafe) => {
  expect(isSafeExternalUrl(url)).toBe(isSafe);
});
