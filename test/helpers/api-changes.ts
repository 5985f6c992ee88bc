import { type ApiAnswer, type ApiClient, makeApiClient } from './api-client.ts';
import { makeConnectorRequest } from './connector-request.ts';
import { makePng } from './logo-pictures.ts';
import type { TestAuthority } from './make-authority.ts';
import { makePfx } from './make-pfx.ts';
import { SignInBrowser } from './sign-in-browser.ts';
import type { StartedProvider } from './start-provider.ts';
import type { StartedService } from './start-service.ts';

const PROFILE = '/onPremisesPublishingProfiles/applicationProxy';

/** What a change works with: ids that earlier changes left, and the secrets that went into them. */
export interface ChangeWorld {
  readonly service: StartedService;
  readonly provider: StartedProvider;
  readonly api: ApiClient;
  readonly authority: TestAuthority;
  readonly ids: Map<string, string>;
  readonly secrets: string[];
}

/** One change at the API, in the order in which they can follow each other. */
export interface ApiChange {
  /** The route as it is registered, below the base of the API. */
  readonly route: string;
  /** What the audit calls it. */
  readonly action: string;
  readonly before: boolean;
  readonly after: boolean;
  readonly run: (world: ChangeWorld) => Promise<ApiAnswer>;
}

const id = (world: ChangeWorld, name: string): string => world.ids.get(name) ?? `no-${name}`;

async function made(world: ChangeWorld, name: string, asked: Promise<ApiAnswer>): Promise<ApiAnswer> {
  const answer = await asked;
  world.ids.set(name, String(answer.body?.id ?? answer.body?.connectorId));
  return answer;
}

async function certificateBody(world: ChangeWorld, host: string): Promise<object> {
  const { cert, key } = await world.authority.issue([host]);
  world.secrets.push(key.split('\n')[1] ?? '');
  const password = 'hunter2-of-the-pfx';
  world.secrets.push(password);
  return { pfx: makePfx([cert, world.authority.cert], key, password).toString('base64'), password };
}

/** Every change that the admin API takes. A new route that changes something needs an entry here. */
export const API_CHANGES: readonly ApiChange[] = [
  {
    route: `POST ${PROFILE}/connectorGroups`,
    action: 'connectorGroup.create',
    before: false,
    after: true,
    run: (world) => made(world, 'group', world.api('POST', `${PROFILE}/connectorGroups`, { name: 'Berlin' })),
  },
  {
    route: `PATCH ${PROFILE}/connectorGroups/:id`,
    action: 'connectorGroup.update',
    before: true,
    after: true,
    run: (world) => world.api('PATCH', `${PROFILE}/connectorGroups/${id(world, 'group')}`, { name: 'Bonn' }),
  },
  {
    route: 'POST /applications',
    action: 'application.create',
    before: false,
    after: true,
    run: (world) => {
      const externalUrl = world.service.externalUrl('audited');
      const body = {
        displayName: 'Audited',
        onPremisesPublishing: { externalUrl, internalUrl: 'http://audited.internal/' },
      };
      return made(world, 'application', world.api('POST', '/applications', body));
    },
  },
  {
    route: 'PATCH /applications/:id',
    action: 'application.update',
    before: true,
    after: true,
    run: (world) => world.api('PATCH', `/applications/${id(world, 'application')}`, { displayName: 'Audited twice' }),
  },
  {
    route: 'PUT /applications/:id/connectorGroup/$ref',
    action: 'application.update',
    before: true,
    after: true,
    run: (world) =>
      world.api('PUT', `/applications/${id(world, 'application')}/connectorGroup/$ref`, reference(world, 'group')),
  },
  {
    route: 'PUT /applications/:id/logo',
    action: 'application.updateLogo',
    before: true,
    after: true,
    run: (world) => world.api('PUT', `/applications/${id(world, 'application')}/logo`, makePng(48, 48)),
  },
  {
    route: 'DELETE /applications/:id/logo',
    action: 'application.updateLogo',
    before: true,
    after: true,
    run: (world) => world.api('DELETE', `/applications/${id(world, 'application')}/logo`),
  },
  {
    route: 'PATCH /servicePrincipals/:id',
    action: 'application.update',
    before: true,
    after: true,
    run: (world) =>
      world.api('PATCH', `/servicePrincipals/${id(world, 'application')}`, { appRoleAssignmentRequired: false }),
  },
  {
    route: 'POST /servicePrincipals/:id/appRoleAssignedTo',
    action: 'assignment.create',
    before: false,
    after: true,
    run: (world) => {
      const path = `/servicePrincipals/${id(world, 'application')}/appRoleAssignedTo`;
      return made(world, 'assignment', world.api('POST', path, { principalId: 'somebody' }));
    },
  },
  {
    route: 'DELETE /servicePrincipals/:id/appRoleAssignedTo/:assignmentId',
    action: 'assignment.delete',
    before: true,
    after: false,
    run: (world) => {
      const path = `/servicePrincipals/${id(world, 'application')}/appRoleAssignedTo`;
      return world.api('DELETE', `${path}/${id(world, 'assignment')}`);
    },
  },
  {
    route: 'DELETE /applications/:id',
    action: 'application.delete',
    before: true,
    after: false,
    run: (world) => world.api('DELETE', `/applications/${id(world, 'application')}`),
  },
  {
    route: 'POST /postern/enrolmentTokens',
    action: 'enrolmentToken.create',
    before: false,
    after: true,
    run: async (world) => {
      const body = { displayName: 'Branches', maxUses: 2 };
      const answer = await made(world, 'token', world.api('POST', '/postern/enrolmentTokens', body));
      world.secrets.push(answer.body.token);
      return answer;
    },
  },
  {
    route: 'POST /.postern/connector/enrol',
    action: 'connector.enrol',
    before: false,
    after: true,
    run: async (world) => {
      const { pem } = await makeConnectorRequest();
      const body = {
        displayName: 'Cellar',
        machineName: 'cellar-1',
        version: '1.0.0',
        certificateSigningRequest: pem,
        enrolmentToken: world.secrets.find((secret) => secret.startsWith('pet_')),
      };
      const enrol = makeApiClient(world.service.url, null);
      return made(world, 'connector', enrol('POST', '/.postern/connector/enrol', body));
    },
  },
  {
    route: 'POST /postern/bodyCaptures',
    action: 'bodyCapture.start',
    before: false,
    after: true,
    run: async (world) => {
      const publishing = {
        externalUrl: world.service.externalUrl('captured'),
        internalUrl: 'http://captured.internal/',
      };
      const application = { displayName: 'Captured', onPremisesPublishing: publishing };
      const { body: published } = await world.api('POST', '/applications', application);
      const body = { applicationId: published.id, connectorId: id(world, 'connector'), minutes: 5 };
      return made(world, 'capture', world.api('POST', '/postern/bodyCaptures', body));
    },
  },
  {
    route: 'POST /postern/bodyCaptures/:id/end',
    action: 'bodyCapture.end',
    before: true,
    after: true,
    run: (world) => {
      const body = { reason: 'stopped', requests: 7 };
      return world.api('POST', `/postern/bodyCaptures/${id(world, 'capture')}/end`, body);
    },
  },
  {
    route: `POST ${PROFILE}/connectors/:id/memberOf/$ref`,
    action: 'connector.move',
    before: true,
    after: true,
    run: (world) =>
      world.api('POST', `${PROFILE}/connectors/${id(world, 'connector')}/memberOf/$ref`, reference(world, 'group')),
  },
  {
    route: `PATCH ${PROFILE}/connectors/:id`,
    action: 'connector.update',
    before: true,
    after: true,
    run: (world) => world.api('PATCH', `${PROFILE}/connectors/${id(world, 'connector')}`, { isDraining: true }),
  },
  {
    route: 'POST /postern/connectors/:id/revoke',
    action: 'connector.revoke',
    before: true,
    after: true,
    run: (world) => world.api('POST', `/postern/connectors/${id(world, 'connector')}/revoke`),
  },
  {
    route: `DELETE ${PROFILE}/connectors/:id`,
    action: 'connector.delete',
    before: true,
    after: false,
    run: (world) => world.api('DELETE', `${PROFILE}/connectors/${id(world, 'connector')}`),
  },
  {
    route: `DELETE ${PROFILE}/connectorGroups/:id`,
    action: 'connectorGroup.delete',
    before: true,
    after: false,
    run: (world) => world.api('DELETE', `${PROFILE}/connectorGroups/${id(world, 'group')}`),
  },
  {
    route: 'DELETE /postern/enrolmentTokens/:id',
    action: 'enrolmentToken.delete',
    before: true,
    after: false,
    run: (world) => world.api('DELETE', `/postern/enrolmentTokens/${id(world, 'token')}`),
  },
  {
    route: 'POST /postern/certificates',
    action: 'certificate.create',
    before: false,
    after: true,
    run: async (world) => {
      const body = await certificateBody(world, 'a.litware.example');
      return made(world, 'certificate', world.api('POST', '/postern/certificates', body));
    },
  },
  {
    route: 'PUT /postern/certificates/:id',
    action: 'certificate.update',
    before: true,
    after: true,
    run: async (world) => {
      const body = await certificateBody(world, 'a.litware.example');
      return world.api('PUT', `/postern/certificates/${id(world, 'certificate')}`, body);
    },
  },
  {
    route: 'DELETE /postern/certificates/:id',
    action: 'certificate.delete',
    before: true,
    after: false,
    run: (world) => world.api('DELETE', `/postern/certificates/${id(world, 'certificate')}`),
  },
  {
    route: 'DELETE /postern/sessions/:id',
    action: 'session.revoke',
    before: true,
    after: false,
    run: async (world) => {
      await new SignInBrowser().signIn(`${world.service.url}/`, world.provider.user('bob'));
      const { body } = await world.api('GET', '/postern/sessions');
      return world.api('DELETE', `/postern/sessions/${body.value[0]?.id}`);
    },
  },
  {
    route: 'POST /users/:id/revokeSignInSessions',
    action: 'user.revokeSignInSessions',
    before: true,
    after: true,
    run: (world) => world.api('POST', `/users/${world.provider.user('bob').id}/revokeSignInSessions`),
  },
];

/** Routes that are no GET and yet change nothing that is kept, each with the reason. */
export const CHANGES_NOTHING: Readonly<Record<string, string>> = {
  'POST /postern/certificateHosts/:hostname/retry': 'asks the authority sooner than planned',
};

function reference(world: ChangeWorld, name: string): object {
  return { '@odata.id': `${world.service.apiBaseUrl}${PROFILE}/connectorGroups/${id(world, name)}` };
}
