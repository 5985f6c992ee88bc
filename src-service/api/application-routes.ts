import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { APPLICATION_PRESENTATION_DEFAULTS } from '../../src-shared/publishing/application-presentation.ts';
import {
  type Application,
  ON_PREMISES_PUBLISHING_DEFAULTS,
  applicationCreateSchema,
  applicationPatchSchema,
} from '../../src-shared/publishing/application.ts';
import { APPLICATION_COLUMNS } from '../store/application-records.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../store/migrations.ts';
import { type ApiOptions, type ApiServer, changeContext } from './api-context.ts';
import { CustomDomains, takeCredentials } from './custom-domains.ts';
import { withoutUndefined } from './defined-fields.ts';
import { checkGroupSizes } from './group-sizes.ts';
import { checkHomePage } from './home-page-rules.ts';
import { itemQuerystringSchema, selectFields } from './list-parameters.ts';
import { registerList } from './list-route.ts';
import { withLogoAddress } from './logo-address.ts';
import { checkPublishing, publishingRulesOf } from './publishing-rules.ts';
import { checkTrust } from './trusted-certificates.ts';
import { readReference, referenceSchema } from './references.ts';

const params = z.object({ id: z.string() });

/** `/applications`: publish, read, change, withdraw. */
export function registerApplicationRoutes(server: ApiServer, options: ApiOptions): void {
  const { store, addresses, configuration, clock, randomId } = options;
  const rules = publishingRulesOf(configuration, addresses);
  const customDomains = new CustomDomains(options);
  const describe = (application: Application): Application =>
    withLogoAddress(customDomains.describe(application), addresses);
  const checkAddresses = (wanted: Application): Application => {
    const onPremisesPublishing = checkPublishing(wanted.onPremisesPublishing, rules);
    return { ...wanted, onPremisesPublishing, web: checkHomePage(wanted.web, onPremisesPublishing) };
  };

  const require = async (id: string): Promise<Application> => {
    const application = await store.applications.find(id);
    if (application === null) throw new PosternError('API_NOT_FOUND', { message: `There is no application ${id}.` });
    return application;
  };

  registerList(server, options, {
    path: '/applications',
    columns: APPLICATION_COLUMNS,
    read: async (query) => {
      const page = await store.applications.page(query);
      return { ...page, items: page.items.map(describe) };
    },
  });

  server.post('/applications', { schema: { body: applicationCreateSchema } }, async (request, reply) => {
    const { body } = request;
    const { credentials, settings } = takeCredentials(body.onPremisesPublishing);
    const publishing = {
      ...ON_PREMISES_PUBLISHING_DEFAULTS,
      ...withoutUndefined(settings),
      ...checkTrust(settings, clock()),
    };
    const { onPremisesPublishing: _, ...rest } = withoutUndefined(body);
    const application = checkAddresses({
      ...APPLICATION_PRESENTATION_DEFAULTS,
      appRoleAssignmentRequired: true,
      connectorGroupId: DEFAULT_CONNECTOR_GROUP_ID,
      ...rest,
      id: randomId(),
      appId: randomId(),
      createdDateTime: new Date(clock()).toISOString(),
      appRoles: rest.appRoles ?? [],
      info: { logoUrl: null },
      onPremisesPublishing: publishing,
    });
    const certificate = await customDomains.check(credentials, application.onPremisesPublishing);
    await checkGroupSizes(store, application, 'onPremisesPublishing');
    await store.applications.create(application, changeContext(request));
    await customDomains.keep(certificate, changeContext(request));
    return reply
      .code(201)
      .header('Location', `${addresses.apiBaseUrl}/applications/${application.id}`)
      .send(describe(application));
  });

  server.get('/applications/:id', { schema: { params, querystring: itemQuerystringSchema } }, async (request) =>
    selectFields(describe(await require(request.params.id)), request.query.$select),
  );

  server.patch('/applications/:id', { schema: { params, body: applicationPatchSchema } }, async (request, reply) => {
    const { onPremisesPublishing, ...rest } = withoutUndefined(request.body);
    const { id } = request.params;
    const before = await require(id);
    const { credentials, settings } = takeCredentials(onPremisesPublishing ?? {});
    const publishing = onPremisesPublishing && { ...withoutUndefined(settings), ...checkTrust(settings, clock()) };
    const merged = {
      ...before,
      ...rest,
      onPremisesPublishing: { ...before.onPremisesPublishing, ...publishing },
    };
    const wanted = publishing === undefined && rest.web === undefined ? merged : checkAddresses(merged);
    const certificate = await customDomains.check(credentials, wanted.onPremisesPublishing);
    await checkGroupSizes(store, wanted, publishing === undefined ? 'connectorGroupId' : 'onPremisesPublishing');
    // Only what was asked for is written, and checked once more with what else stands there by then, so that two changes at
    // once neither undo nor contradict each other.
    await store.applications.update(
      id,
      { ...rest, ...(publishing && { onPremisesPublishing: publishing }) },
      changeContext(request),
      checkAddresses,
    );
    await customDomains.keep(certificate, changeContext(request));
    return reply.code(204).send();
  });

  server.delete('/applications/:id', { schema: { params } }, async (request, reply) => {
    await store.applications.remove(request.params.id, changeContext(request));
    return reply.code(204).send();
  });

  server.get('/applications/:id/connectorGroup', { schema: { params } }, async (request) => {
    const { connectorGroupId } = await require(request.params.id);
    return store.connectorGroups.find(connectorGroupId);
  });

  server.put(
    '/applications/:id/connectorGroup/$ref',
    { schema: { params, body: referenceSchema } },
    async (request, reply) => {
      const connectorGroupId = readReference(request.body, 'connectorGroups');
      const { id } = request.params;
      await checkGroupSizes(store, { ...(await require(id)), connectorGroupId }, '@odata.id');
      await store.applications.update(id, { connectorGroupId }, changeContext(request));
      return reply.code(204).send();
    },
  );
}
