import { makeReason } from '../../src-shared/errors/reasons.ts';
import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { APPLICATION_PRESENTATION_DEFAULTS } from '../../src-shared/publishing/application-presentation.ts';
import {
  type Application,
  ON_PREMISES_PUBLISHING_DEFAULTS,
  applicationCreateSchema,
  applicationPatchSchema,
} from '../../src-shared/publishing/application.ts';
import type { CustomDomainCredentials } from '../../src-shared/publishing/certificate.ts';
import type { CheckedCertificate } from '../certificates/check-certificate.ts';
import { APPLICATION_COLUMNS } from '../store/application-records.ts';
import { DEFAULT_CONNECTOR_GROUP_ID } from '../store/migrations.ts';
import { canonicalJson } from './canonical-json.ts';
import { type ApiOptions, type ApiServer, changeContext, followUpContext, sendCreated } from './api-context.ts';
import { CustomDomains, takeCredentials } from './custom-domains.ts';
import { withoutUndefined } from './defined-fields.ts';
import { type Tagged, sendItem, withTag } from './entity-tags.ts';
import { checkGroupSizes } from './group-sizes.ts';
import { itemQuerystringSchema } from './list-parameters.ts';
import { registerList } from './list-route.ts';
import { withLogoAddress } from './logo-address.ts';
import { checkSettings, inspectSettings, publishingRulesOf } from './publishing-rules.ts';
import { checkTrust } from './trusted-certificates.ts';
import { ProblemList } from './problem-list.ts';
import { readReference, referenceSchema } from './references.ts';

const params = z.object({ id: z.string() });
const METADATA = 'verifiedCustomDomainCertificatesMetadata';
const KEY_CREDENTIAL = 'onPremisesPublishing.verifiedCustomDomainKeyCredential';

/** `/applications`: publish, read, change, withdraw. */
export function registerApplicationRoutes(server: ApiServer, options: ApiOptions): void {
  const { store, addresses, configuration, configurations, clock, randomId } = options;
  const rules = publishingRulesOf(configuration, addresses);
  const customDomains = new CustomDomains(options);
  const tagged = new WeakMap<Application, Tagged<Application>>();
  /** What is shown of an application that has not changed, and whose certificate has not, is known already. */
  const describe = (application: Application): Tagged<Application> => {
    const shown = customDomains.describe(application);
    const known = tagged.get(application);
    if (known !== undefined && hasSameCertificate(known, shown)) return known;
    const made = withTag('application', application, withLogoAddress(shown, addresses));
    tagged.set(application, made);
    return made;
  };
  const checkAddresses = (wanted: Application): Application => ({ ...wanted, ...checkSettings(wanted, rules) });

  /**
   * Adds all that is wrong with an application to what is known of it already.
   * @param isMoved whether its addresses may be other ones than before
   * @returns it in its canonical form, and its certificate
   */
  const inspect = async (
    wanted: Application,
    credentials: Partial<CustomDomainCredentials>,
    problems: ProblemList,
    { isMoved, before }: { readonly isMoved: boolean; readonly before?: Application },
  ): Promise<{ readonly application: Application; readonly certificate: CheckedCertificate | null }> => {
    const isRefused = (target: string): boolean => problems.isRefused(target);
    const inspected = isMoved ? inspectSettings(wanted, rules, isRefused) : null;
    problems.add(inspected?.problems ?? []);
    const application = { ...wanted, ...inspected?.settings };
    const hasHosts = inspected?.areUrlsSound ?? true;
    const certificate = problems.isRefused(KEY_CREDENTIAL)
      ? null
      : await problems.attempt(() =>
          customDomains.check(credentials, hasHosts ? application.onPremisesPublishing : null),
        );
    problems.addOfOthers(await store.applications.findReferenceProblems(application, before));
    problems.throwAny();
    return { application, certificate };
  };

  const require = async (id: string): Promise<Application> => {
    const application = await store.applications.find(id);
    if (application === null)
      throw new PosternError('API_NOT_FOUND', { reason: makeReason('applicationUnknown', { id }) });
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

  const creation = { schema: { body: applicationCreateSchema }, config: { isCreation: true } };
  server.post('/applications', creation, async (request, reply) => {
    const { body } = request;
    const problems = request.problems ?? new ProblemList();
    const { credentials, settings } = takeCredentials(body.onPremisesPublishing);
    const publishing = {
      ...ON_PREMISES_PUBLISHING_DEFAULTS,
      ...withoutUndefined(settings),
      ...(await problems.attempt(() => checkTrust(settings, clock()))),
    };
    const { onPremisesPublishing: _, ...rest } = withoutUndefined(body);
    const wanted: Application = {
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
    };
    const { application, certificate } = await inspect(wanted, credentials, problems, { isMoved: true });
    checkGroupSizes(configurations, application, 'onPremisesPublishing');
    const location = `${addresses.apiBaseUrl}/applications/${application.id}`;
    const answer = { location, body: describe(application) };
    await store.applications.create(application, changeContext(request, answer));
    await customDomains.keep(certificate, followUpContext(request));
    return sendCreated(reply, certificate === null ? answer : { location, body: describe(application) });
  });

  server.get('/applications/:id', { schema: { params, querystring: itemQuerystringSchema } }, async (request, reply) =>
    sendItem(request, reply, describe(await require(request.params.id))),
  );

  server.patch('/applications/:id', { schema: { params, body: applicationPatchSchema } }, async (request, reply) => {
    const { onPremisesPublishing, ...rest } = withoutUndefined(request.body);
    const { id } = request.params;
    const before = await require(id);
    const { credentials, settings } = takeCredentials(onPremisesPublishing ?? {});
    const problems = request.problems ?? new ProblemList();
    const trust = await problems.attempt(() => checkTrust(settings, clock()));
    const publishing = onPremisesPublishing && { ...withoutUndefined(settings), ...trust };
    const merged: Application = {
      ...before,
      ...rest,
      onPremisesPublishing: { ...before.onPremisesPublishing, ...publishing },
    };
    const isMoved = publishing !== undefined || rest.web !== undefined;
    const { application: wanted, certificate } = await inspect(merged, credentials, problems, { isMoved, before });
    checkGroupSizes(configurations, wanted, publishing === undefined ? 'connectorGroupId' : 'onPremisesPublishing');
    // Only what was asked for is written, and checked once more with what else stands there by then, so that two changes at
    // once neither undo nor contradict each other.
    const after = await store.applications.update(
      id,
      { ...rest, ...(publishing && { onPremisesPublishing: publishing }) },
      changeContext(request),
      checkAddresses,
    );
    await customDomains.keep(certificate, followUpContext(request));
    return reply.code(204).header('ETag', describe(after)['@odata.etag']).send();
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
      checkGroupSizes(configurations, { ...(await require(id)), connectorGroupId }, '@odata.id');
      await store.applications.update(id, { connectorGroupId }, changeContext(request));
      return reply.code(204).send();
    },
  );
}

function hasSameCertificate(
  { onPremisesPublishing: one }: Application,
  { onPremisesPublishing: other }: Application,
): boolean {
  return canonicalJson(one[METADATA]) === canonicalJson(other[METADATA]);
}
