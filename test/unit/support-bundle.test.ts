import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { findKnownSecrets } from '../../src-main/app/diagnostics/known-secrets.ts';
import { redactData, redactPersonal, redactSecrets } from '../../src-main/app/diagnostics/redact.ts';
import {
  type BundleSources,
  makeBundle,
  previewBundle,
  zipBundle,
} from '../../src-main/app/diagnostics/support-bundle.ts';
import type { AppState } from '../../src-shared/ipc/app-state.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import type { Settings } from '../../src-main/app/settings-store.ts';

const PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2
OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r
-----END PRIVATE KEY-----
`;
const ID_TOKEN = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLW9mLWFsaWNl';
const REFRESH_TOKEN = '0.AXkAqUe-refresh-grant-of-the-administrator';
const ENROLMENT_TOKEN = 'pet_9fK2mZ-hidden-in-a-command-line';
const COOKIE = 'postern-session=c2VhbGVkLWNvb2tpZQ; theme=dark-and-secret';
const PASSWORD = 'hunter2-of-the-proxy';
/** The other half of what the proxy asks for. */
const PROXY_USER = 'svc-of-the-proxy';
const PERSONAL = 'q=divorce+lawyer';
const MAIL = 'alice.archer@contoso.example';

/** None of these may be in what leaves the machine. */
const SECRETS = [
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2',
  'OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r',
  ID_TOKEN,
  'c2lnbmF0dXJlLW9mLWFsaWNl',
  REFRESH_TOKEN,
  ENROLMENT_TOKEN,
  'c2VhbGVkLWNvb2tpZQ',
  'dark-and-secret',
  PASSWORD,
  PROXY_USER,
  PERSONAL,
  'divorce',
  MAIL,
  'Alice Archer',
];

/** Ways in which text carries a secret. */
const TEXTS = [
  PRIVATE_KEY,
  JSON.stringify({ key: PRIVATE_KEY }),
  `Authorization: Bearer ${ID_TOKEN}`,
  `{"authorization":"Basic ${Buffer.from(`user:${PASSWORD}`).toString('base64')}"}`,
  `Cookie: ${COOKIE}`,
  JSON.stringify({ headers: { 'set-cookie': [COOKIE] } }),
  JSON.stringify(JSON.stringify({ cookie: COOKIE })),
  `the proxy http://user:${PASSWORD}@proxy.contoso.example:8080 refused`,
  `password=${PASSWORD}&x=1`,
  `{"clientSecret":"${PASSWORD}"}`,
  `POSTERN_ENROLMENT_TOKEN='${ENROLMENT_TOKEN}' postern-connector enrol`,
  `GET https://wiki.contoso.example/search?${PERSONAL}#fragment`,
  `GET /search?${PERSONAL} by ${MAIL}`,
  `refreshed with ${REFRESH_TOKEN}`,
  `in a URL ${encodeURIComponent(REFRESH_TOKEN)} and in base64 ${Buffer.from(REFRESH_TOKEN).toString('base64')}`,
];

const record: TrafficRecord = {
  sequence: 1,
  activityId: '6c2a1f0e-3b7d-4c51-9e2f-0a1b2c3d4e5f',
  startedAtMs: 0,
  applicationId: 'wiki',
  applicationName: 'Wiki',
  userId: MAIL,
  userName: 'Alice Archer',
  method: 'GET',
  url: `http://wiki.internal/search?${PERSONAL}`,
  status: 502,
  requestBytes: 0,
  responseBytes: 0,
  timing: { sentMs: null, firstByteMs: null, totalMs: 1 },
  connection: null,
  isUpgrade: false,
  outcome: 'failed',
  errorCode: 'BACKEND_RESET',
  errorHop: 'backend',
  errorCause: TEXTS.join('\n'),
};

function sources(change: Partial<BundleSources> = {}): BundleSources {
  return {
    // Whatever the state grows to hold: each text of it may carry anything.
    state: {
      version: '0.1.0',
      account: { displayName: 'Alice Archer', userName: MAIL, access: 'administrator' },
      signIn: { phase: 'browser', browser: { url: `https://login.example/?${PERSONAL}` }, isRequired: false },
      suggestions: { serviceUrl: null, internalUrl: null },
      connector: { displayName: 'Gate house', privateKey: PRIVATE_KEY },
      engine: { problem: { message: TEXTS.join(' ') } },
      trafficHistory: { kind: 'failing', reason: TEXTS.join('\n') },
    } as unknown as AppState,
    settings: {
      version: 1,
      proxyPassword: PASSWORD,
      proxy: { credentials: PASSWORD, userName: PROXY_USER },
    } as unknown as Settings,
    selfTest: [{ check: 'service', outcome: 'failed', detail: TEXTS.join(' ') }],
    figures: null,
    failures: [record],
    logs: [{ name: 'postern.log', text: TEXTS.map((text) => JSON.stringify({ level: 30, msg: text })).join('\n') }],
    versions: { app: '0.1.0', node: '24.0.0' },
    atMs: 0,
    secrets: [REFRESH_TOKEN, PASSWORD],
    ...change,
  };
}

describe('a support bundle', () => {
  test('B72 holds none of the secrets that stand everywhere, nor who is signed in', () => {
    const zip = unzipSync(zipBundle(makeBundle(sources())));
    const whole = Object.entries(zip).map(([name, octets]) => `${name}\n${strFromU8(octets)}`);
    const everything = whole.join('\n');
    for (const secret of SECRETS) {
      for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64').slice(0, -4)]) {
        expect(everything.includes(form), `${secret} as ${form}`).toBe(false);
      }
    }
  });

  test('still says what somebody needs who helps', () => {
    const files = new Map(makeBundle(sources()).files.map(({ name, text }) => [name, text]));
    expect([...files.keys()]).toEqual([
      'README.txt',
      'versions.json',
      'state.json',
      'settings.json',
      'self-test.json',
      'figures.json',
      'failures.json',
      'logs/postern.log',
    ]);
    expect(JSON.parse(files.get('state.json') ?? '')).toMatchObject({
      version: '0.1.0',
      account: { access: 'administrator' },
      connector: { displayName: 'Gate house', privateKey: '[secret]' },
    });
    expect(JSON.parse(files.get('failures.json') ?? '')).toMatchObject([
      { errorCode: 'BACKEND_RESET', errorHop: 'backend', url: 'http://wiki.internal/search?[query]', isSignedIn: true },
    ]);
    expect(files.get('README.txt')).toContain('Left out');
  });

  test('is shown before it is saved, long files by their beginning', () => {
    const text = `first line\n${'x'.repeat(30_000)}`;
    const preview = previewBundle(makeBundle(sources({ logs: [{ name: 'postern.log', text }] }))).at(-1);
    expect(preview).toMatchObject({ name: 'logs/postern.log', bytes: text.length, isCut: true });
    expect(preview?.preview.startsWith('first line')).toBe(true);
  });
});

test('what is no secret stays: codes, names and addresses', () => {
  const plain = 'relay.connected code=TUNNEL_TIMEOUT errorCode=BACKEND_REFUSED keyStore=true http://10.0.0.5:8080/app/';
  expect(redactPersonal(redactSecrets(plain))).toBe(plain);
  expect(redactData({ errorCode: 'BACKEND_REFUSED', tokens: 3, isTokenForwarded: true, keyStore: 'yes' })).toEqual({
    errorCode: 'BACKEND_REFUSED',
    tokens: 3,
    isTokenForwarded: true,
    keyStore: 'yes',
  });
  expect(redactData(['cookie', 'a=b', 'host', 'x'])).toEqual(['cookie', '[secret]', 'host', 'x']);
});

test('a long word that begins a token again and again is read in linear time, and tokens are found in any', () => {
  const long = `.${'eyJ'.repeat(150_000)}`;
  expect(redactSecrets(long)).toBe(long);
  for (const token of [ID_TOKEN, `x-eyJ${'a'.repeat(5)}.`, `a.b.eyJeyJ${'a'.repeat(2)}.c`, `${long}.c`])
    expect(redactSecrets(token)).toBe('[secret]');
  for (const none of ['eyJabcd.x', 'a.eyJabcdefg', 'eyJ.abcdefgh.x']) expect(redactSecrets(none)).toBe(none);
});

test('what the vault keeps is known by heart: keys by their lines, tokens whole', () => {
  const cache = JSON.stringify({
    RefreshToken: { 'id-1': { secret: REFRESH_TOKEN, home_account_id: 'not-a-secret-at-all' } },
  });
  const known = findKnownSecrets([
    JSON.stringify({ privateKey: PRIVATE_KEY, certificateChain: ['public'] }),
    cache,
    null,
    'hunter2!',
    '1',
  ]);
  expect(known).toEqual([...SECRETS.slice(0, 2), REFRESH_TOKEN, 'hunter2!']);
});
