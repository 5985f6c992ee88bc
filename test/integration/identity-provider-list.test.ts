import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AccessTokenMaker, makeAccessTokens, makeProviderStateFile } from '../helpers/access-token-maker.ts';
import { makeApiClient } from '../helpers/api-client.ts';
import { type StartedProvider, startProvider } from '../helpers/start-provider.ts';
import { type StartedService, startService } from '../helpers/start-service.ts';
import { rememberSecret } from '../helpers/test-log.ts';

const PATH = '/identity/identityProviders';
const SECRET = 'of-the-partner-firms-client';

const stateFile = makeProviderStateFile();
let provider: StartedProvider;
let service: StartedService;
let tokens: AccessTokenMaker;

beforeAll(async () => {
  rememberSecret('client secret', SECRET);
  provider = await startProvider({ stateFile: stateFile.path });
  tokens = await makeAccessTokens(provider, stateFile.path);
  service = await startService({
    provider,
    configuration: {
      identityProviders: [
        {
          id: 'partners',
          displayName: 'Partner firms',
          issuer: 'https://sign-in.partners.example',
          clientId: 'postern-at-partners',
          clientSecret: SECRET,
        },
      ],
    },
  });
});

afterAll(async () => {
  await service?.close();
  await provider?.close();
  stateFile.remove();
});

test('B11 the identity providers are listed for those who may read, and nothing of them is secret', async () => {
  const read = async (roles: readonly string[], path: string) => {
    const token = await tokens.forUser('alice', provider.apiId, { scp: 'access_as_user', roles });
    return makeApiClient(service.apiBaseUrl, token)('GET', path);
  };
  const { status, body } = await read(['Application.Read'], PATH);
  expect(status).toBe(200);
  // Exactly these fields: neither the client's id nor its secret.
  expect(body.value).toEqual([
    {
      id: 'default',
      displayName: new URL(provider.issuer).host,
      issuer: provider.issuer,
      isDefault: true,
    },
    {
      id: 'partners',
      displayName: 'Partner firms',
      issuer: 'https://sign-in.partners.example',
      isDefault: false,
    },
  ]);
  const others = await read(['Application.Read'], `${PATH}?$filter=isDefault eq false&$select=id`);
  expect(others.body.value).toEqual([{ id: 'partners' }]);
  expect((await read(['Other.Role'], PATH)).status).toBe(403);
  expect((await makeApiClient(service.apiBaseUrl, null)('GET', PATH)).status).toBe(401);
  expect((await read(['Application.Read'], `${PATH}?$filter=clientId eq 'postern-at-partners'`)).status).toBe(400);
});
