import { once } from 'node:events';
import { sayReason } from '../../src-shared/errors/reasons.ts';
import { CATALOGUES } from '../../src-shared/text/catalogues.ts';
import type { FindAddresses } from '../../src-main/connector/loopback-lookup.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { testBackend } from '../../src-main/app/backend-test.ts';
import { replayRequest } from '../../src-main/app/replay-request.ts';
import { BackendGuard } from '../../src-main/connector/policy/backend-guard.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import { ForwarderClient, makeApplication } from '../helpers/forwarder-client.ts';
import { makeCertificate } from '../helpers/make-certificate.ts';
import { type ConnectorSide, startConnectorSide } from '../helpers/start-connector-side.ts';
import { startConnector, untilState } from '../helpers/start-connector.ts';
import { type Http2Origin, startHttp2Origin } from '../helpers/start-http2-origin.ts';
import { type Origin, startOrigin } from '../helpers/start-origin.ts';
import { findAddresses } from '../helpers/this-machine.ts';

/** Monday, 12:00 in UTC. */
const NOON_MS = Date.UTC(2026, 0, 5, 12);
const HOUR_MS = 3_600_000;
const FORBIDDEN = { code: 'BACKEND_FORBIDDEN' };

let origin: Origin;
let secureOrigin: Origin;
let http2Origin: Http2Origin;
const clients: ForwarderClient[] = [];

beforeAll(async () => {
  const certificate = await makeCertificate(['localhost'], ['127.0.0.1']);
  [origin, secureOrigin, http2Origin] = await Promise.all([
    startOrigin(),
    startOrigin({ tls: certificate }),
    startHttp2Origin(),
  ]);
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

afterAll(async () => {
  await Promise.all([origin, secureOrigin, http2Origin].map((each) => each?.close()));
});

type ClientOptions = ConstructorParameters<typeof ForwarderClient>;

function makeClient(
  change: Parameters<typeof makeApplication>[0],
  allowList: ClientOptions[2],
  {
    limits = {},
    now = () => NOON_MS,
    find,
  }: { limits?: ClientOptions[1]; now?: () => number; find?: FindAddresses } = {},
): ForwarderClient {
  const application = makeApplication({ isBackendCertificateValidationEnabled: false, ...change });
  const client = new ForwarderClient([application], limits, allowList, {
    now,
    ...(find === undefined ? {} : { find }),
  });
  clients.push(client);
  return client;
}

/** A name server that gives every name these addresses: at the first question, and at those after it. */
class NameServer {
  questions = 0;
  readonly #answers: readonly (readonly string[])[];

  constructor(...answers: readonly (readonly string[])[]) {
    this.#answers = answers;
  }

  readonly find: FindAddresses = async () => {
    const addresses = this.#answers[Math.min(this.questions, this.#answers.length - 1)] ?? [];
    this.questions += 1;
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
}

describe.each(['plain', 'undici'] as const)('B70 HTTP/1.1 by %s', (http1Client) => {
  const limits = { http1Client };

  test('what is not listed is refused before any connection, and the traffic says why', async () => {
    const before = origin.openConnections + origin.requests.length;
    const client = makeClient({ internalUrl: `${origin.url}/` }, [{ hosts: ['other.corp'] }], { limits });
    await expect(client.ask('/echo')).rejects.toMatchObject(FORBIDDEN);
    expect(origin.openConnections + origin.requests.length).toBe(before);
    expect(client.recorder.recent()).toMatchObject([
      {
        outcome: 'failed',
        errorCode: 'BACKEND_FORBIDDEN',
        errorHop: 'policy',
        errorCause: `The allow-list of this connector does not name 127.0.0.1 port ${origin.port}.`,
      },
    ]);
  });

  test('what is listed is served, by name, address, network or port', async () => {
    for (const rule of [
      { hosts: ['localhost'] },
      { addresses: ['127.0.0.0/8'] },
      { hosts: ['localhost'], addresses: ['127.0.0.1'], ports: [origin.port] },
      { ports: [`${origin.port}-${origin.port}`] },
    ]) {
      const client = makeClient({ internalUrl: `http://localhost:${origin.port}/` }, [rule], { limits });
      expect([rule, (await client.ask('/echo')).head.status]).toEqual([rule, 200]);
    }
  });

  test('a name is refused by what it resolves to: link-local and metadata even without a rule', async () => {
    for (const address of ['169.254.169.254', 'fe80::1', 'fd00:ec2::254', '::ffff:169.254.169.254']) {
      const { find } = new NameServer([address]);
      const client = makeClient({ internalUrl: 'http://innocent.example/' }, [], { limits, find });
      await expect(client.ask('/latest/meta-data/')).rejects.toMatchObject(FORBIDDEN);
      expect(client.recorder.recent()[0]?.errorCause).toContain(address);
    }
  });

  test('the address that was found good is the one that is connected to: a name that changes gains nothing', async () => {
    const names = new NameServer(['127.0.0.1'], ['169.254.169.254']);
    const internalUrl = `http://rebinding.example:${origin.port}/`;
    const client = makeClient({ internalUrl }, [{ hosts: ['rebinding.example'] }], {
      limits,
      find: names.find,
    });
    expect((await client.ask('/echo')).head.status).toBe(200);
    expect(names.questions).toBe(1);
    await client.ask('/once');
    await expect(client.ask('/echo')).rejects.toMatchObject(FORBIDDEN);
    expect(names.questions).toBe(2);
  });

  test('of several addresses only those that are let through are tried', async () => {
    const { find } = new NameServer(['169.254.169.254', '10.255.255.1', '127.0.0.1']);
    const rule = { hosts: ['many.example'], addresses: ['127.0.0.0/8'] };
    const client = makeClient({ internalUrl: `http://many.example:${origin.port}/` }, [rule], { limits, find });
    expect((await client.ask('/echo')).head.status).toBe(200);
  });

  test('as the hours end, what is under way ends, pooled connections too, and what comes is refused', async () => {
    let nowMs = NOON_MS;
    const hours = [{ daysOfWeek: ['monday' as const], startTime: '08:00', endTime: '13:00', timeZone: 'UTC' }];
    const rule = { hosts: ['127.0.0.1'], hours };
    const client = makeClient({ internalUrl: `${origin.url}/` }, [rule], { limits, now: () => nowMs });
    expect((await client.ask('/echo')).head.status).toBe(200);
    const running = client.open('/sse');
    expect((await running.head).status).toBe(200);
    nowMs += 2 * HOUR_MS;
    await expect(running.ended).rejects.toMatchObject(FORBIDDEN);
    await expect(client.ask('/echo')).rejects.toMatchObject(FORBIDDEN);
    expect(client.recorder.recent().at(-1)?.errorCause).toContain('at other hours only');
  });
});

describe('B70 every other way to a backend', () => {
  test('HTTP/2', async () => {
    const change = { internalUrl: `${http2Origin.url}/`, backendHttpVersion: 'http2' as const };
    const port = Number(new URL(http2Origin.url).port);
    await expect(makeClient(change, [{ ports: [port + 1] }]).ask('/')).rejects.toMatchObject(FORBIDDEN);
    const client = makeClient(change, [{ ports: [port] }]);
    expect((await client.ask('/echo')).head.status).toBe(200);
    client.guard.replace([]);
    expect((await client.ask('/echo')).head.status).toBe(200);
    const running = client.open('/silent');
    await expect.poll(() => client.recorder.recent().at(-1)?.timing.sentMs).not.toBeNull();
    client.guard.replace([{ hosts: ['other.corp'], addresses: [], ports: [], hours: [] }]);
    await expect(running.head).rejects.toMatchObject(FORBIDDEN);
    await expect(client.ask('/echo')).rejects.toMatchObject(FORBIDDEN);
  });

  test('https where the version is negotiated', async () => {
    const change = { internalUrl: `${secureOrigin.url}/` };
    await expect(makeClient(change, [{ hosts: ['other.corp'] }]).ask('/echo')).rejects.toMatchObject(FORBIDDEN);
    expect((await makeClient(change, [{ addresses: ['127.0.0.1'] }]).ask('/echo')).head.status).toBe(200);
  });

  test('a switch of protocols, and one that runs when the list changes', async () => {
    const upgrade = {
      isUpgrade: true,
      headers: ['connection', 'upgrade', 'upgrade', 'raw'],
    };
    const change = { internalUrl: `${origin.url}/` };
    const refused = makeClient(change, [{ hosts: ['other.corp'] }]).open('/raw', upgrade, false);
    await expect(refused.head).rejects.toMatchObject(FORBIDDEN);
    const client = makeClient(change, [{ hosts: ['127.0.0.1'] }]);
    const running = client.open('/raw', upgrade, false);
    expect((await running.head).status).toBe(101);
    client.guard.replace([{ hosts: ['other.corp'], addresses: [], ports: [], hours: [] }]);
    await expect(running.ended).rejects.toMatchObject(FORBIDDEN);
  });

  test('a request with trailers, over a connection of its own', async () => {
    const client = makeClient({ internalUrl: `${origin.url}/` }, [{ hosts: ['other.corp'] }]);
    const exchange = client.open('/mirror', { method: 'POST', headers: ['trailer', 'x-sum'] }, false);
    exchange.end(['x-sum', '1']);
    await expect(exchange.head).rejects.toMatchObject(FORBIDDEN);
  });

  test("connections of one user's own (NTLM)", async () => {
    const client = makeClient({ internalUrl: `${origin.url}/` }, [{ hosts: ['other.corp'] }]);
    const headers = ['authorization', 'NTLM abc'];
    await expect(client.ask('/echo', { headers, connectionId: 'one' })).rejects.toMatchObject(FORBIDDEN);
    await expect(client.ask('/echo', { headers })).rejects.toMatchObject(FORBIDDEN);
  });

  test('hosts of a wildcard, each by itself', async () => {
    const change = {
      externalUrl: 'https://*.example.com/',
      internalUrl: `http://*.localhost:${origin.port}/`,
    };
    const client = makeClient(change, [{ hosts: ['good.localhost'] }]);
    expect((await client.ask('/echo', { authority: 'good.example.com' })).head.status).toBe(200);
    await expect(client.ask('/echo', { authority: 'bad.example.com' })).rejects.toMatchObject(FORBIDDEN);
  });

  test("the desktop's test of a backend, and a request that is sent again", async () => {
    const guard = new BackendGuard(
      [{ hosts: ['other.corp'], addresses: [], ports: [], hours: [] }],
      Date.now,
      findAddresses,
    );
    const before = origin.requests.length;
    expect(await testBackend(`${origin.url}/`, true, guard, 'en')).toMatchObject({
      isReachable: false,
      problem: FORBIDDEN,
    });
    const record = { method: 'GET', url: `${origin.url}/echo`, isUpgrade: false, activityId: 'a' } as TrafficRecord;
    expect(await replayRequest(record, true, guard)).toMatchObject({ status: null, errorCode: 'BACKEND_FORBIDDEN' });
    expect(origin.requests.length).toBe(before);
    guard.replace([]);
    expect(await testBackend(`${origin.url}/`, true, guard, 'en')).toMatchObject({ isReachable: true });
    expect(await replayRequest(record, true, guard)).toMatchObject({ status: 200 });
  });
});

describe('B70 a running connector', () => {
  let side: ConnectorSide;

  beforeAll(async () => {
    side = await startConnectorSide();
    const other = { id: 'other', externalUrl: 'https://other.example.com/', displayName: 'Payroll' };
    side.publish([
      makeApplication({ internalUrl: `${origin.url}/` }),
      makeApplication({ ...other, internalUrl: 'http://payroll.corp/' }),
    ]);
  });

  afterAll(() => side.stop());

  test('shows what it may never reach, to its administrator and to the service, and follows a change of the list', async () => {
    const connector = await startConnector({
      serviceUrl: side.url,
      authorization: { kind: 'enrolmentToken', token: 'one-time' },
      allowList: [{ hosts: ['127.0.0.1'], addresses: [], ports: [], hours: [] }],
    });
    const { engine } = connector;
    const reason = 'The allow-list of this connector does not name payroll.corp port 80.';
    expect(engine.state.rejectedApplications).toEqual([
      { id: 'other', displayName: 'Payroll', reason, told: expect.anything() as unknown, cause: 'allowList' },
    ]);
    const [barred] = engine.state.rejectedApplications;
    expect(barred?.told && sayReason(barred.told, CATALOGUES.de.reasons)).toBe(
      'Die Zulassungsliste dieses Connectors nennt payroll.corp Port 80 nicht.',
    );
    expect(engine.state.applications).toHaveLength(2);
    const told = [{ applicationId: 'other', displayName: 'Payroll', reason }];
    await expect.poll(() => side.relay.liveConnectors()[0]?.rejectedApplications).toEqual(told);
    const webSocket = new WebSocket(`${side.url.replace('http', 'ws')}/ws`);
    await once(webSocket, 'open');
    const closed = once(webSocket, 'close');
    expect((await fetch(`${side.url}/echo`)).status).toBe(200);

    engine.setAllowList([{ hosts: ['payroll.corp'], addresses: [], ports: [], hours: [] }]);
    await closed;
    const answer = await fetch(`${side.url}/echo`);
    expect([answer.status, answer.headers.get('x-code')]).toEqual([502, 'BACKEND_FORBIDDEN']);
    const state = await untilState(engine, ({ rejectedApplications }) => rejectedApplications[0]?.id === 'app');
    expect(state.rejectedApplications).toHaveLength(1);
    const atService = () =>
      side.relay.liveConnectors()[0]?.rejectedApplications.map(({ applicationId }) => applicationId);
    await expect.poll(atService).toEqual(['app']);

    engine.setAllowList([]);
    expect((await fetch(`${side.url}/echo`)).status).toBe(200);
    await untilState(engine, ({ rejectedApplications }) => rejectedApplications.length === 0);
    await expect.poll(atService).toEqual([]);
    await connector.close();
  });
});
