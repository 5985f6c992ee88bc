import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeApiClient } from '../helpers/api-client.ts';
import { NO_RATES } from '../helpers/no-rates.ts';
import { type BrowserResponse, SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type AttackWorld, LET_THROUGH, startAttackWorld } from '../helpers/start-attack-world.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';

/** A client address that a load balancer, which is this machine, tells of. */
const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address });

describe('a flood of sign-ins', () => {
  let world: AttackWorld;

  beforeAll(async () => {
    world = await startAttackWorld({
      scheme: 'http',
      configuration: {
        limits: { ...NO_RATES, clientSignInRequestsPerSecond: 2, signInRequestsPerSecond: 20 },
        trustedProxies: ['127.0.0.1'],
      },
    });
  });
  afterAll(() => world?.close());

  const steps = (): string[] => [
    `${world.app}.postern/signin/start?return=/`,
    `${world.app}.postern/signin/complete?h=x`,
    `${world.app}.postern/signout`,
    `${world.edge.origin}/.postern/signin/begin`,
    `${world.edge.origin}/.postern/signin/callback?code=x&state=y`,
    `${world.edge.origin}/.postern/signin/frontchannel-logout?sid=x`,
    `${world.edge.origin}/.postern/signout`,
  ];

  /** Asks until the first refusal, and returns it with the number of requests before it. */
  async function untilRefused(
    url: string,
    headers: (count: number) => Record<string, string>,
  ): Promise<[number, BrowserResponse | null]> {
    for (let count = 0; count < 500; count += 1) {
      const answer = await new SignInBrowser().get(url, headers(count));
      if (answer.status === 429) return [count, answer];
    }
    return [500, null];
  }

  test('each step counts for its address, above its rate is 429 with a page, and no other address is harmed', async () => {
    for (const [index, url] of steps().entries()) {
      const [count, refused] = await untilRefused(url, () => from(`192.0.2.${index}`));
      // Twenty seconds' worth may come at once.
      expect(count).toBeGreaterThanOrEqual(40);
      expect(count).toBeLessThan(80);
      expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
      expect(refused?.headers['content-type']).toContain('text/html');
      expect(refused?.body).toContain('Too many requests');
      expect((await new SignInBrowser().get(url, from('198.51.100.1'))).status).not.toBe(429);
    }
  });

  test('an attacker with a network of IPv6 is one client; one who makes addresses up behind a trusted proxy is his own', async () => {
    const [url = ''] = steps();
    const hex = (value: number): string => value.toString(16);
    const [many] = await untilRefused(url, (count) => from(`2001:db8:0:7:${hex(count)}:${hex(count * 7)}::1`));
    expect(many).toBeLessThan(80);
    expect((await new SignInBrowser().get(url, from('2001:db8:0:8::1'))).status).not.toBe(429);
    // What stands before the proxy's own entry may be the client's invention.
    const [invented] = await untilRefused(url, (count) => from(`10.0.0.${count}, 203.0.113.9`));
    expect(invented).toBeLessThan(80);
  });

  test('all together have a bound, above which people with a session work on', async () => {
    const alice = new SignInBrowser();
    const page = await alice.get(world.app, from('198.51.100.7'));
    expect(page.status).toBe(302);
    const own = await startAttackWorld({
      scheme: 'http',
      configuration: { limits: { ...NO_RATES, signInRequestsPerSecond: 2 }, trustedProxies: ['127.0.0.1'] },
    });
    try {
      const user = own.browser();
      await user.signIn(own.app, own.provider.user('alice'));
      const url = `${own.app}.postern/signin/start?return=/`;
      const [count, refused] = await untilRefused(url, (index) => from(`10.${index >> 8}.${index & 255}.1`));
      expect(count).toBeLessThan(80);
      expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
      for (let index = 0; index < 100; index += 1) expect((await user.get(own.app)).status).toBe(LET_THROUGH);
    } finally {
      await own.close();
    }
  });

  test('without a trusted proxy nobody chooses an address', async () => {
    const own = await startAttackWorld({
      scheme: 'http',
      configuration: { limits: { ...NO_RATES, clientSignInRequestsPerSecond: 1 } },
    });
    try {
      const url = `${own.edge.origin}/.postern/signin/begin`;
      const [count] = await untilRefused(url, (index) => ({
        ...from(`192.0.2.${index}`),
        forwarded: `for=192.0.2.${index}`,
        'x-real-ip': `192.0.2.${index}`,
      }));
      expect(count).toBeLessThan(60);
    } finally {
      await own.close();
    }
  });
});

describe('B61 guesses at enrolment tokens', () => {
  let provider: StartedProvider;
  let service: StartedService;

  beforeAll(async () => {
    provider = await startProvider();
    service = await startService({ provider, configuration: { trustedProxies: ['127.0.0.1'] } });
  });
  afterAll(async () => {
    await service?.close();
    await provider?.close();
  });

  async function enrol(address: string, enrolmentToken: string): Promise<[number, string | null, string]> {
    const answer = await fetch(`${service.url}/.postern/connector/enrol`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...from(address) },
      body: JSON.stringify({
        displayName: 'x',
        machineName: 'x',
        version: '1',
        certificateSigningRequest: 'nonsense',
        enrolmentToken,
      }),
    });
    const { error } = (await answer.json()) as { error: { code: string } };
    return [answer.status, answer.headers.get('retry-after'), error.code];
  }

  test('B61 after five bad tokens an address waits, longer each time, and so does its whole /64; others do not', async () => {
    const seen: string[] = [];
    for (let count = 0; count < 8; count += 1) seen.push((await enrol(`2001:db8::${count}`, `pet_guess${count}`))[2]);
    expect(seen.slice(0, 6)).toEqual(Array.from({ length: 6 }, () => 'ENROLMENT_TOKEN_INVALID'));
    expect(seen.slice(6)).toEqual(['API_RATE_LIMITED', 'API_RATE_LIMITED']);
    const [status, retryAfter] = await enrol('2001:db8::ffff', 'pet_guess');
    expect(status).toBe(429);
    expect(Number(retryAfter)).toBeGreaterThan(0);
    expect((await enrol('2001:db8:0:1::1', 'pet_guess'))[2]).toBe('ENROLMENT_TOKEN_INVALID');
  });

  test('B61 nothing is signed, and no request read, for whoever has no token', async () => {
    // The request is nonsense: it is the token that is looked at first.
    expect((await enrol('203.0.113.1', 'pet_guess'))[2]).toBe('ENROLMENT_TOKEN_INVALID');
    const api = makeApiClient(service.apiBaseUrl, await provider.automationToken());
    const { body } = await api('POST', '/postern/enrolmentTokens', {});
    expect((await enrol('203.0.113.1', String(body.token)))[2]).toBe('ENROLMENT_REQUEST_INVALID');
  });

  test('bad tokens for the admin API: 429 above a rate, before they are looked at; another address goes on', async () => {
    const ask = (address: string, token: string): Promise<Response> =>
      fetch(`${service.apiBaseUrl}/applications`, { headers: { authorization: `Bearer ${token}`, ...from(address) } });
    const statuses: number[] = [];
    let last: Response | null = null;
    for (let count = 0; count < 150; count += 1) {
      last = await ask('203.0.113.2', 'a.b.c');
      statuses.push(last.status);
    }
    expect(statuses.slice(0, 100)).toEqual(Array.from({ length: 100 }, () => 401));
    expect(last?.status).toBe(429);
    expect(last?.headers.get('retry-after')).toBe('1');
    expect((await ask('203.0.113.3', await provider.automationToken())).status).toBe(200);
  });
});
