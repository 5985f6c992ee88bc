import { z } from 'zod';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { DrainOrigin } from '../../src-shared/ipc/app-state.ts';
import { type ApplicationHealth, applicationHealthSchema } from '../../src-shared/publishing/application-health.ts';
import {
  type AppRoleAssignment,
  type AppRoleAssignmentCreate,
  appRoleAssignmentSchema,
} from '../../src-shared/publishing/app-roles.ts';
import {
  type Application,
  type ApplicationCreate,
  type ApplicationPatch,
  applicationSchema,
  type Connector,
  type ConnectorGroup,
  connectorGroupSchema,
  type ConnectorPatch,
  connectorSchema,
  type TaggedApplication,
  taggedApplicationSchema,
  type User,
  userSchema,
} from '../../src-shared/publishing/application.ts';
import {
  type BodyCaptureCreate,
  type BodyCaptureEnd,
  bodyCaptureSchema,
} from '../../src-shared/publishing/body-capture.ts';
import { type Caller, callerSchema } from '../../src-shared/publishing/administrator.ts';
import {
  type EnrolmentToken,
  type EnrolmentTokenCreate,
  type EnrolmentTokenCreated,
  enrolmentTokenCreatedSchema,
  enrolmentTokenSchema,
} from '../../src-shared/publishing/enrolment-token.ts';
import { type IdentityProvider, identityProviderSchema } from '../../src-shared/publishing/identity-provider.ts';
import { type RequestFailure, requestFailureSchema } from '../../src-shared/connector/request-failure.ts';
import type { Language } from '../../src-shared/text/language.ts';
import type { AdminApi } from './admin-api.ts';
import { type FoundSessions, searchSessions, type SessionSearch } from './session-search.ts';

const PROFILE = '/onPremisesPublishingProfiles/applicationProxy';
const PICKER_PAGE = 20;
/** A filter may have 50, and an address must stay short. */
const IDS_ASKED_AT_ONCE = 25;
const AUDIT_PAGE = 50;
const drainStateSchema = z.object({ isDraining: z.boolean().optional() }).nullable();
const auditPageSchema = z.object({
  value: z.array(
    z.object({
      activityDateTime: z.string(),
      initiatedBy: z.object({ displayName: z.string() }),
      before: drainStateSchema,
      after: drainStateSchema,
    }),
  ),
});

/** What the desktop app asks of the admin API, in the words of publishing. Errors are those of `AdminApi`. */
export class PublishingApi {
  readonly #api: AdminApi;

  constructor(api: AdminApi) {
    this.#api = api;
  }

  /** Who the service takes the caller for, and what they may do. */
  readCaller(): Promise<Caller> {
    return this.#api.get('/postern/me', callerSchema);
  }

  listConnectors(): Promise<Connector[]> {
    return this.#api.list(`${PROFILE}/connectors?$orderby=displayName`, connectorSchema);
  }

  listEnrolmentTokens(): Promise<EnrolmentToken[]> {
    const order = encodeURIComponent('createdDateTime desc');
    return this.#api.list(`/postern/enrolmentTokens?$orderby=${order}`, enrolmentTokenSchema);
  }

  createEnrolmentToken(token: EnrolmentTokenCreate): Promise<EnrolmentTokenCreated> {
    return this.#api.post('/postern/enrolmentTokens', token, enrolmentTokenCreatedSchema);
  }

  async deleteEnrolmentToken(id: string): Promise<void> {
    await this.#api.delete(`/postern/enrolmentTokens/${encodeURIComponent(id)}`);
  }

  listConnectorGroups(): Promise<ConnectorGroup[]> {
    return this.#api.list(`${PROFILE}/connectorGroups`, connectorGroupSchema);
  }

  async createConnectorGroup(name: string): Promise<ConnectorGroup> {
    return this.#api.post(`${PROFILE}/connectorGroups`, { name }, connectorGroupSchema);
  }

  async renameConnectorGroup(id: string, name: string): Promise<void> {
    await this.#api.patch(`${PROFILE}/connectorGroups/${encodeURIComponent(id)}`, { name });
  }

  async deleteConnectorGroup(id: string): Promise<void> {
    await this.#api.delete(`${PROFILE}/connectorGroups/${encodeURIComponent(id)}`);
  }

  async updateConnector(id: string, patch: ConnectorPatch): Promise<void> {
    await this.#api.patch(`${PROFILE}/connectors/${encodeURIComponent(id)}`, patch);
  }

  /** Who has let a connector run empty, and when; null where the audit's newest pages don't say. */
  async findDrainOrigin(connectorId: string): Promise<DrainOrigin | null> {
    const filter = `targetId eq '${connectorId.replaceAll("'", "''")}' and activityDisplayName eq 'connector.update'`;
    const query = new URLSearchParams({ $filter: filter, $orderby: 'sequence desc', $top: String(AUDIT_PAGE) });
    const { value } = await this.#api.get(`/postern/audit?${query.toString()}`, auditPageSchema);
    const found = value.find(({ before, after }) => after?.isDraining === true && before?.isDraining !== true);
    return found === undefined ? null : { by: found.initiatedBy.displayName, atMs: Date.parse(found.activityDateTime) };
  }

  /** Puts a connector into another group, with no restart. */
  async moveConnector(id: string, connectorGroupId: string): Promise<void> {
    const group = `${PROFILE}/connectorGroups/${encodeURIComponent(connectorGroupId)}`;
    await this.#api.act(`${PROFILE}/connectors/${encodeURIComponent(id)}/memberOf/$ref`, { '@odata.id': group });
  }

  /** Refuses a connector from now on; it stays in the list. */
  async revokeConnector(id: string): Promise<void> {
    await this.#api.act(`/postern/connectors/${encodeURIComponent(id)}/revoke`);
  }

  async deleteConnector(connectorId: string): Promise<void> {
    await this.#api.delete(`${PROFILE}/connectors/${encodeURIComponent(connectorId)}`);
  }

  listApplications(): Promise<Application[]> {
    return this.#api.list('/applications', applicationSchema);
  }

  /** Publishes. With the same key, the same application is answered, and no second one comes to be. */
  async createApplication(application: ApplicationCreate, idempotencyKey: string): Promise<Application> {
    return this.#api.post('/applications', application, applicationSchema, idempotencyKey);
  }

  /** Lets people in; those who may enter already stay. @throws PosternError `ACTION_CANCELLED` once `signal` aborts */
  async assignPeople(applicationId: string, people: readonly User[], signal: AbortSignal): Promise<void> {
    for (const person of people) {
      if (signal.aborted) throw new PosternError('ACTION_CANCELLED');
      try {
        await this.assignPerson(applicationId, person);
      } catch (error) {
        if (!(error instanceof PosternError) || error.code !== 'API_CONFLICT') throw error;
      }
    }
  }

  /** Lets in nobody any more but these people; groups stay. */
  async unassignOthers(applicationId: string, people: readonly User[]): Promise<void> {
    const kept = new Set(people.map(({ id }) => id));
    for (const { id, principalId, principalType } of await this.listAssignments(applicationId))
      if (principalType === 'User' && !kept.has(principalId)) await this.unassignPerson(applicationId, id);
  }

  /** @throws PosternError `API_PRECONDITION_FAILED` where it is not the version `ifMatch` any more */
  async updateApplication(id: string, patch: ApplicationPatch, ifMatch?: string): Promise<Application> {
    const path = `/applications/${encodeURIComponent(id)}`;
    await this.#api.patch(path, patch, ifMatch);
    return this.#api.get(path, applicationSchema);
  }

  /** Publishes with assignments of any kind. A failed one leaves the application published and says so. */
  async restoreApplication(application: ApplicationCreate, known: readonly AppRoleAssignment[]): Promise<Application> {
    const created = await this.#api.post('/applications', application, applicationSchema);
    for (const { principalId, principalType, principalDisplayName, appRoleId } of known) {
      const body = { principalId, principalType, principalDisplayName, appRoleId };
      await this.#api.post(assignments(created.id), body, appRoleAssignmentSchema);
    }
    return created;
  }

  async listApplicationHealth(): Promise<ApplicationHealth[]> {
    const answer = await this.#api.get(
      '/postern/health/applications',
      z.object({ value: z.array(applicationHealthSchema) }),
    );
    return answer.value;
  }

  readApplication(id: string): Promise<TaggedApplication> {
    return this.#api.get(`/applications/${encodeURIComponent(id)}`, taggedApplicationSchema);
  }

  async deleteApplication(id: string): Promise<void> {
    await this.#api.delete(`/applications/${encodeURIComponent(id)}`);
  }

  listAssignments(applicationId: string): Promise<AppRoleAssignment[]> {
    return this.#api.list(assignments(applicationId), appRoleAssignmentSchema);
  }

  assignPerson(applicationId: string, person: User): Promise<AppRoleAssignment> {
    const body = { principalId: person.id, principalType: 'User', principalDisplayName: person.displayName };
    return this.#api.post(assignments(applicationId), body, appRoleAssignmentSchema);
  }

  assignPrincipal(applicationId: string, assignment: AppRoleAssignmentCreate): Promise<AppRoleAssignment> {
    return this.#api.post(assignments(applicationId), assignment, appRoleAssignmentSchema);
  }

  async unassignPerson(applicationId: string, assignmentId: string): Promise<void> {
    await this.#api.delete(`${assignments(applicationId)}/${encodeURIComponent(assignmentId)}`);
  }

  /** People whose name begins with `text`; the first of all where it is empty. */
  async searchPeople(text: string): Promise<User[]> {
    const query = new URLSearchParams({ $top: String(PICKER_PAGE) });
    const name = text.trim();
    if (name !== '') query.set('$filter', `startswith(displayName,'${name.replaceAll("'", "''")}')`);
    const page = await this.#api.get(`/users?${query.toString()}`, z.object({ value: z.array(userSchema) }));
    return page.value;
  }

  /** The people with these ids, in no order; those whom the service doesn't know are left out. */
  async readPeople(ids: readonly string[]): Promise<User[]> {
    const people: User[] = [];
    for (let at = 0; at < ids.length; at += IDS_ASKED_AT_ONCE) {
      const wanted = ids.slice(at, at + IDS_ASKED_AT_ONCE).map((id) => `'${id.replaceAll("'", "''")}'`);
      const query = new URLSearchParams({ $filter: `id in (${wanted.join(',')})` });
      people.push(...(await this.#api.list(`/users?${query.toString()}`, userSchema)));
    }
    return people;
  }

  /** Why a request failed, as the service saw it. @throws PosternError `API_NOT_FOUND` where it knows of none */
  readFailure(activityId: string): Promise<RequestFailure> {
    return this.#api.get(`/postern/traffic/failures/${encodeURIComponent(activityId)}`, requestFailureSchema);
  }

  /** @returns the id under which the capture stands in the audit */
  async startBodyCapture(capture: BodyCaptureCreate): Promise<string> {
    return (await this.#api.post('/postern/bodyCaptures', capture, bodyCaptureSchema)).id;
  }

  async endBodyCapture(id: string, end: BodyCaptureEnd): Promise<void> {
    await this.#api.act(`/postern/bodyCaptures/${encodeURIComponent(id)}/end`, end);
  }

  listIdentityProviders(): Promise<IdentityProvider[]> {
    return this.#api.list('/identity/identityProviders', identityProviderSchema);
  }

  listSessions(search: SessionSearch, language: Language): Promise<FoundSessions> {
    return searchSessions(this.#api, search, language);
  }

  /** Ends a session. One that has ended by itself meanwhile is what was wanted. */
  async revokeSession(id: string): Promise<void> {
    try {
      await this.#api.delete(`/postern/sessions/${encodeURIComponent(id)}`);
    } catch (error) {
      if (!(error instanceof PosternError) || error.code !== 'API_NOT_FOUND') throw error;
    }
  }

  /** Signs a person out on every device. User ids are unique at their identity provider only. */
  async revokeUserSessions(userId: string, identityProviderId: string): Promise<void> {
    const path = `/users/${encodeURIComponent(userId)}/revokeSignInSessions?identityProviderId=${encodeURIComponent(identityProviderId)}`;
    await this.#api.post(path, {}, z.object({ value: z.literal(true) }));
  }
}

function assignments(applicationId: string): string {
  return `/servicePrincipals/${encodeURIComponent(applicationId)}/appRoleAssignedTo`;
}
