import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTrialUsers } from '../../trial/trial-users.ts';
import {
  type AccessTokenMaker,
  type ProviderStateFile,
  makeAccessTokens,
  makeProviderStateFile,
} from '../helpers/access-token-maker.ts';
import { SignInBrowser } from '../helpers/sign-in-browser.ts';
import { type PublishingWorld, startPublishingWorld } from '../helpers/start-publishing-world.ts';
import { type RawBackend, startRawBackend } from '../helpers/start-raw-backend.ts';

const AUDITOR = {
  id: randomUUID(),
  allowedMemberTypes: ['User'],
  displayName: 'Auditors',
  description: null,
  isEnabled: true,
  value: 'Ledger.Audit',
};
const IMPORTER = { ...AUDITOR, id: randomUUID(), allowedMemberTypes: ['Application'], value: 'Ledger.Import' };
const ROLES = [AUDITOR, IMPORTER];
/** Tells the backend the roles, so that it shows who came with which. */
const SIGN_ON = {
  singleSignOnMode: 'aadHeaderBased',
  headerSignOnSettings: { rules: [{ path: '/', headers: [{ name: 'X-App-Roles', source: 'roles' }] }] },
};

let stateFile: ProviderStateFile;
let world: PublishingWorld;
let backend: RawBackend;
let tokens: AccessTokenMaker;
let app: string;
let path: string;
/** bob: department Finance; carol: the role in her token; dave: nothing. */
const browsers: Record<'alice' | 'bob' | 'carol' | 'dave', SignInBrowser> = {
  alice: new SignInBrowser(),
  bob: new SignInBrowser(),
  carol: new SignInBrowser(),
  dave: new SignInBrowser(),
};

beforeAll(async () => {
  const [alice, bob, ...others] = makeTrialUsers();
  if (alice === undefined || bob === undefined) throw new Error('The trial has no users.');
  const person = (name: string): typeof alice => ({
    ...bob,
    id: randomUUID(),
    name,
    userPrincipalName: `${name}@x.test`,
  });
  stateFile = makeProviderStateFile();
  world = await startPublishingWorld({
    stateFile: stateFile.path,
    users: [
      alice,
      { ...bob, claims: { department: ['Sales', 'Finance'] } },
      { ...person('carol'), signInRoles: [AUDITOR.value], groups: [] },
      { ...person('dave'), signInRoles: ['Other.Role'], claims: { department: 'finance' } },
      ...others,
    ],
  });
  tokens = await makeAccessTokens(world.provider, stateFile.path);
  backend = await startRawBackend();
  app = world.service.externalUrl('ledger');
  const id = await world.publish(
    {
      externalUrl: app,
      internalUrl: `${backend.url}/`,
      externalAuthenticationType: 'aadPreAuthentication',
      singleSignOnSettings: SIGN_ON,
    },
    { appRoles: ROLES.map((role) => ({ ...role, origin: 'Application' })) },
  );
  path = `/servicePrincipals/${id}`;
  for (const [name, browser] of Object.entries(browsers)) await browser.signIn(app, world.provider.user(name));
});

afterAll(async () => {
  await world?.close();
  await backend?.close();
  stateFile?.remove();
});

async function assign(body: Record<string, unknown>): Promise<string> {
  const answer = await world.api('POST', `${path}/appRoleAssignedTo`, body);
  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject(body);
  return `${path}/appRoleAssignedTo/${answer.body.id}`;
}

async function unassign(assignment: string): Promise<void> {
  expect((await world.api('DELETE', assignment)).status).toBe(204);
}

const statusFor = async (name: keyof typeof browsers): Promise<number> => (await browsers[name].get(app)).status;

/** The roles that the backend is told of. */
async function rolesOf(name: keyof typeof browsers): Promise<string | undefined> {
  const before = backend.requests.length;
  expect(await statusFor(name)).toBe(200);
  const line = backend.requests[before]?.lines.find((each) => each.toLowerCase().startsWith('x-app-roles:'));
  return line?.slice('x-app-roles:'.length).trim();
}

test('B17 B22 a user is let in and out by object id, and by a group, within the same session', async () => {
  expect(await statusFor('alice')).toBe(403);
  const user = await assign({ principalId: world.provider.user('alice').id, principalType: 'User' });
  await expect.poll(() => statusFor('alice')).toBe(200);
  expect(await rolesOf('alice')).toBeUndefined();
  await unassign(user);
  await expect.poll(() => statusFor('alice')).toBe(403);
  const [, finance] = world.provider.user('alice').groups;
  const group = await assign({ principalId: finance, principalType: 'Group' });
  await expect.poll(() => statusFor('alice')).toBe(200);
  expect(await statusFor('bob')).toBe(403);
  await unassign(group);
  await expect.poll(() => statusFor('alice')).toBe(403);
});

test("B17 an app role in the token's roles opens; another role, or one that is switched off, does not", async () => {
  expect(await rolesOf('carol')).toBe(AUDITOR.value);
  expect(await statusFor('dave')).toBe(403);
  const switchedOff = ROLES.map((role) => ({ ...role, isEnabled: role.value !== AUDITOR.value }));
  expect((await world.api('PATCH', path, { appRoles: switchedOff })).status).toBe(204);
  await expect.poll(() => statusFor('carol')).toBe(403);
  expect((await world.api('PATCH', path, { appRoles: ROLES })).status).toBe(204);
  await expect.poll(() => statusFor('carol')).toBe(200);
});

test('B17 a claim opens with exactly its value, in a session and in a token', async () => {
  const claim = { principalId: 'department=Finance', principalType: 'Claim' };
  const token = (department?: string): Promise<string> => tokens.forUser('alice', app, { department });
  const withToken = async (department?: string): Promise<number> => {
    const authorization = `Bearer ${await token(department)}`;
    return (await new SignInBrowser().get(app, { accept: 'application/json', authorization })).status;
  };
  expect([await statusFor('bob'), await withToken('Finance')]).toEqual([403, 403]);
  const assignment = await assign(claim);
  await expect.poll(() => statusFor('bob')).toBe(200);
  expect(await statusFor('dave')).toBe(403);
  expect([await withToken('Finance'), await withToken('Financ'), await withToken()]).toEqual([200, 403, 403]);
  await unassign(assignment);
  await expect.poll(() => statusFor('bob')).toBe(403);
  const bad = await world.api('POST', `${path}/appRoleAssignedTo`, { ...claim, principalId: 'department' });
  expect([bad.status, bad.body.error.target]).toEqual([400, 'principalId']);
});

test('B17 B80 a role given by our own assignment is told to the backend beside those of the token', async () => {
  const [everyone] = world.provider.user('bob').groups;
  const assignments = [
    await assign({ principalId: 'department=Finance', principalType: 'Claim' }),
    await assign({ principalId: everyone, principalType: 'Group', appRoleId: AUDITOR.id }),
  ];
  await expect.poll(() => statusFor('bob')).toBe(200);
  expect(await rolesOf('bob')).toBe(AUDITOR.value);
  expect(await rolesOf('dave')).toBe(`Other.Role,${AUDITOR.value}`);
  for (const each of assignments) await unassign(each);
  await expect.poll(() => statusFor('bob')).toBe(403);
});

test('B17 B18 a program enters by its object id or a role that is for programs', async () => {
  const statusWith = async (claims: Record<string, unknown>): Promise<number> => {
    const authorization = `Bearer ${await tokens.forApplication(app, claims)}`;
    return (await new SignInBrowser().get(app, { accept: 'application/json', authorization })).status;
  };
  expect(await statusWith({ roles: [IMPORTER.value] })).toBe(200);
  expect(await statusWith({ roles: [AUDITOR.value] })).toBe(403);
  expect(await statusWith({})).toBe(403);
  const program = { principalId: 'daemon-object', principalType: 'ServicePrincipal', appRoleId: IMPORTER.id };
  const assignment = await assign(program);
  await expect.poll(() => statusWith({})).toBe(200);
  await unassign(assignment);
});

test('roles keep the shape of Graph: unknown, doubled and unsuitable ones are refused with their field', async () => {
  const { body } = await world.api('GET', path);
  expect(body.appRoles).toEqual(ROLES);
  const refused = async (method: string, at: string, content: unknown): Promise<unknown[]> => {
    const answer = await world.api(method, at, content);
    return [answer.status, answer.body.error?.target];
  };
  const target = `${path}/appRoleAssignedTo`;
  expect(await refused('POST', target, { principalId: 'x', appRoleId: randomUUID() })).toEqual([400, 'appRoleId']);
  expect(await refused('POST', target, { principalId: 'x', appRoleId: IMPORTER.id })).toEqual([400, 'appRoleId']);
  // Who it is not for was named as the API spells it, in every language.
  const notForUsers = await world.api('POST', target, { principalId: 'x', appRoleId: IMPORTER.id });
  expect(notForUsers.body.error.message).toContain('is for programs only. Add User to its allowedMemberTypes first.');
  expect(await refused('PATCH', path, { appRoles: [AUDITOR, { ...IMPORTER, value: AUDITOR.value }] })).toEqual([
    400,
    'appRoles.1.value',
  ]);
  const assignment = await assign({ principalId: 'x', appRoleId: AUDITOR.id });
  expect(await refused('PATCH', path, { appRoles: [IMPORTER] })).toEqual([400, 'appRoles']);
  expect(await refused('POST', target, { principalId: 'x', appRoleId: AUDITOR.id })).toEqual([409, 'principalId']);
  await unassign(assignment);
});
