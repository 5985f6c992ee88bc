import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { derivedGuid } from '../../trial/identity-provider/entra-claims.ts';
import { makeTrialUsers } from '../../trial/trial-users.ts';
import { makeAccessTokens, makeProviderStateFile } from '../helpers/access-token-maker.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type StartedEdge, startEdge } from '../helpers/start-edge.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';

/** What the service answers when a request was let through: there is no connector in these tests. */
const LET_THROUGH = 504;
/** Above 200 Entra names none in a token; three pages of the Graph stand-in. */
const GROUPS = Array.from({ length: 250 }, (_, index) => derivedGuid('group', String(index)));
const LAST_GROUP = GROUPS[249] ?? '';

const stateFile = makeProviderStateFile();
let provider: StartedProvider;
/** Without `graph`, and with it. */
let plain: StartedEdge;
let asking: StartedEdge;

beforeAll(async () => {
  const [alice, ...others] = makeTrialUsers();
  if (alice === undefined) throw new Error('There is no alice.');
  const users = [{ ...alice, groups: GROUPS }, ...others];
  provider = await startProvider({ users, stateFile: stateFile.path });
  plain = await startEdge({ provider });
  const { clientId, clientSecret } = provider.clients.service;
  const graph = { baseUrl: `${provider.origin}/v1.0` };
  asking = await startEdge({
    provider,
    configuration: { identityProvider: { issuer: provider.issuer, clientId, clientSecret, graph } },
  });
});

afterAll(async () => {
  await plain?.close();
  await asking?.close();
  await provider?.close();
  stateFile.remove();
});

async function publishForGroup(edge: StartedEdge, groupId: string): Promise<string> {
  const url = await edge.publish(`g${randomUUID()}.postern.localhost`, {
    publishing: { accessTokenAudiences: ['api://groups'] },
  });
  await edge.assign(url, groupId, 'Group');
  return url;
}

test('B17 groups that no token holds open nothing, and the page says why and who must do what', async () => {
  const url = await publishForGroup(plain, LAST_GROUP);
  const browser = new SignInBrowser();
  const page = await browser.signIn(url, provider.user('alice'));
  expect(page.status).toBe(403);
  expect(page.body).toContain('EDGE_GROUPS_UNKNOWN');
  expect(page.body).toContain('let the service ask Microsoft Graph');
  expect(plain.logLines.some(({ msg, userId }) => msg === 'signin.groups_overage' && userId !== undefined)).toBe(true);

  await plain.assign(url, provider.user('alice').id);
  expect((await browser.open(url)).status).toBe(LET_THROUGH);
});

test('B17 whose groups are all known is refused as ever', async () => {
  const url = await publishForGroup(plain, LAST_GROUP);
  const page = await new SignInBrowser().signIn(url, provider.user('bob'));
  expect(page.body).toContain('EDGE_FORBIDDEN');
});

test('B17 B18 an access token without its groups is refused with the reason', async () => {
  const url = await publishForGroup(asking, LAST_GROUP);
  const tokens = await makeAccessTokens(provider, stateFile.path);
  const overage = { groups: undefined, _claim_names: { groups: 'src1' }, _claim_sources: { src1: {} } };
  const authorization = `Bearer ${await tokens.forUser('alice', 'api://groups', overage)}`;
  const answer = await new SignInBrowser().get(url, { authorization });
  expect(answer.status).toBe(403);
  expect(answer.headers['www-authenticate']).toMatch(/error="insufficient_scope".*too many/);
});

test('B17 with graph the sign-in asks for them, page by page', async () => {
  const url = await publishForGroup(asking, LAST_GROUP);
  const browser = new SignInBrowser();
  expect((await browser.signIn(url, provider.user('alice'))).status).toBe(LET_THROUGH);
  const foreign = await browser.open(await publishForGroup(asking, randomUUID()));
  expect(foreign.body).toContain('EDGE_FORBIDDEN');
});

test.for([403, 503])('B17 where Graph answers %i they stay unknown, and the sign-in goes on', async (status) => {
  const url = await publishForGroup(asking, LAST_GROUP);
  const own = await asking.publish(`g${randomUUID()}.postern.localhost`);
  await asking.assign(own, provider.user('alice').id);
  provider.setGraphTrouble(status);
  try {
    const browser = new SignInBrowser();
    expect((await browser.signIn(own, provider.user('alice'))).status).toBe(LET_THROUGH);
    expect((await browser.open(url)).body).toContain('EDGE_GROUPS_UNKNOWN');
  } finally {
    provider.setGraphTrouble(null);
  }
});
