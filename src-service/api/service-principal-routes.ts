import { makeReason } from '../../src-shared/errors/reasons.ts';
import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import {
  type AppRoleAssignment,
  appRoleAssignmentCreateSchema,
  appRolesInputSchema,
} from '../../src-shared/publishing/app-roles.ts';
import type { Application, User } from '../../src-shared/publishing/application.ts';
import { tagsSchema } from '../../src-shared/publishing/application-presentation.ts';
import { listIdentityProviders } from '../config/identity-provider-configuration.ts';
import { ASSIGNMENT_COLUMNS } from '../store/assignment-records.ts';
import { USER_COLUMNS } from '../store/user-records.ts';
import { type ApiOptions, type ApiServer, changeContext, sendCreated } from './api-context.ts';
import { withoutUndefined } from './defined-fields.ts';
import { sendItem, withTag } from './entity-tags.ts';
import { itemQuerystringSchema } from './list-parameters.ts';
import { registerList } from './list-route.ts';
import { withLogoAddress } from './logo-address.ts';
import { ProblemList } from './problem-list.ts';

const params = z.object({ id: z.string() });
const assignmentParams = z.object({ id: z.string(), assignmentId: z.string() });
/** What Graph keeps of an application on its service principal too. The tag `HideApp` keeps it out of "My apps". */
const principalPatchSchema = z.strictObject({
  appRoleAssignmentRequired: z.boolean().optional(),
  appRoles: appRolesInputSchema.optional(),
  tags: tagsSchema.optional(),
});

/** `/servicePrincipals` (whose ids are the applications') and `/users`: who may enter. */
export function registerServicePrincipalRoutes(server: ApiServer, options: ApiOptions): void {
  const { store, addresses, clock, randomId } = options;
  const defaultProviderId = listIdentityProviders(options.configuration)[0]?.id ?? '';

  server.get(
    '/servicePrincipals/:id',
    { schema: { params, querystring: itemQuerystringSchema } },
    async (request, reply) => {
      const stored = await require(request.params.id);
      const application = withLogoAddress(stored, addresses);
      const { id, appId, displayName, appRoleAssignmentRequired, appRoles, description, tags, web, info } = application;
      const homepage = web.homePageUrl;
      const principal = {
        id,
        appId,
        displayName,
        appRoleAssignmentRequired,
        appRoles,
        description,
        homepage,
        info,
        tags,
      };
      return sendItem(request, reply, withTag('application', stored, principal));
    },
  );

  server.patch('/servicePrincipals/:id', { schema: { params, body: principalPatchSchema } }, async (request, reply) => {
    await store.applications.update(request.params.id, withoutUndefined(request.body), changeContext(request));
    return reply.code(204).send();
  });

  registerList(server, options, {
    path: '/servicePrincipals/:id/appRoleAssignedTo',
    columns: ASSIGNMENT_COLUMNS,
    read: async (query, id) => {
      await require(id);
      const page = await store.assignments.page(id, query);
      return { ...page, items: page.items.map((assignment) => withTag('assignment', assignment, assignment)) };
    },
  });

  server.post(
    '/servicePrincipals/:id/appRoleAssignedTo',
    { schema: { params, body: appRoleAssignmentCreateSchema }, config: { isCreation: true } },
    async (request, reply) => {
      const { id } = request.params;
      const { principalId, principalType, principalDisplayName, appRoleId, resourceId } = request.body;
      const problems = request.problems ?? new ProblemList();
      if (resourceId !== undefined && resourceId !== id) {
        const message = `resourceId must be the service principal of the path, ${id}.`;
        problems.add([{ target: 'resourceId', message }]);
      }
      const { onPremisesPublishing } = await require(id);
      const identityProviderId = onPremisesPublishing.identityProviderId ?? defaultProviderId;
      const known =
        principalType === 'User' ? await problems.attempt(() => findUser(principalId, identityProviderId)) : undefined;
      const assignment: AppRoleAssignment = {
        id: randomId(),
        principalId,
        principalType,
        identityProviderId,
        principalDisplayName: principalDisplayName ?? known?.displayName ?? principalId,
        resourceId: id,
        appRoleId,
        createdDateTime: new Date(clock()).toISOString(),
      };
      const answer = { location: null, body: withTag('assignment', assignment, assignment) };
      const context = changeContext(request, answer);
      if (problems.found.length > 0) {
        await problems.attempt(() => store.assignments.create(assignment, { ...context, isTrial: true }));
        problems.throwAny();
      }
      await store.assignments.create(assignment, context);
      return sendCreated(reply, answer);
    },
  );

  server.delete(
    '/servicePrincipals/:id/appRoleAssignedTo/:assignmentId',
    { schema: { params: assignmentParams } },
    async (request, reply) => {
      const { id, assignmentId } = request.params;
      await store.assignments.remove(id, assignmentId, changeContext(request));
      return reply.code(204).send();
    },
  );

  registerList(server, options, { path: '/users', columns: USER_COLUMNS, read: (query) => store.users.page(query) });

  /** @throws PosternError `API_INVALID` for a user who is known at other providers alone, and could never enter */
  async function findUser(userId: string, identityProviderId: string): Promise<User | undefined> {
    const users = await store.users.findAll(userId);
    const found = users.find((user) => user.identityProviderId === identityProviderId);
    if (found !== undefined || users.length === 0) return found;
    const others = users.map((user) => user.identityProviderId).join(', ');
    throw new PosternError('API_INVALID', {
      reason: makeReason('userOfOtherProvider', { id: userId, others, provider: identityProviderId }),
      target: 'principalId',
    });
  }

  async function require(id: string): Promise<Application> {
    const application = await store.applications.find(id);
    if (application === null)
      throw new PosternError('API_NOT_FOUND', { reason: makeReason('applicationUnknown', { id }) });
    return application;
  }
}
