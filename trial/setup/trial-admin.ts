import { z } from 'zod';

import type { ApplicationCreate } from '../../src-shared/publishing/application.ts';
import { applicationSchema, connectorSchema } from '../../src-shared/publishing/application.ts';
import type { LocalHttp, LocalRequest } from './local-http.ts';
import type { TrialAddresses } from './trial-addresses.ts';
import { TrialError } from './trial-error.ts';
import type { TrialState } from './trial-state.ts';

const PROFILE = '/onPremisesPublishingProfiles/applicationProxy';
const TOKEN_LIFE_SECONDS = 900;

/** What the trial does at the admin API, as any script would: a client-credentials token, then plain requests. */
export class TrialAdmin {
  readonly #http: LocalHttp;
  readonly #apiBaseUrl: string;
  readonly #token: string;

  private constructor(http: LocalHttp, apiBaseUrl: string, token: string) {
    this.#http = http;
    this.#apiBaseUrl = apiBaseUrl;
    this.#token = token;
  }

  static async signIn(http: LocalHttp, addresses: TrialAddresses, state: TrialState): Promise<TrialAdmin> {
    const { clientId, clientSecret } = state.clients.automation;
    const answer = await http(addresses.tokenEndpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: automationScope(state),
      }).toString(),
    });
    if (answer.status !== 200) {
      throw new TrialError(`The identity provider gave no token: ${answer.status} ${answer.text}`);
    }
    const { access_token: token } = z.object({ access_token: z.string() }).parse(JSON.parse(answer.text));
    return new TrialAdmin(http, addresses.apiBaseUrl, token);
  }

  /** A token with which one connector can enrol, within a quarter of an hour. */
  async makeEnrolmentToken(): Promise<string> {
    const body = { maxUses: 1, expiresInSeconds: TOKEN_LIFE_SECONDS };
    const created = await this.#call('POST', '/postern/enrolmentTokens', body);
    return z.object({ token: z.string() }).parse(created).token;
  }

  /** Ids of the connectors that have a tunnel now. */
  async activeConnectors(): Promise<readonly string[]> {
    const list = z.object({ value: z.array(connectorSchema) }).parse(await this.#call('GET', `${PROFILE}/connectors`));
    return list.value.filter(({ status }) => status === 'active').map(({ id }) => id);
  }

  /**
   * Publishes the application, or brings the one of an earlier start to the addresses of this one.
   * @returns its id, and whether it is new
   */
  async ensureApplication(
    knownId: string | undefined,
    wanted: ApplicationCreate,
  ): Promise<{ readonly id: string; readonly isNew: boolean }> {
    const list = z.object({ value: z.array(applicationSchema) }).parse(await this.#call('GET', '/applications'));
    const { externalUrl, internalUrl } = wanted.onPremisesPublishing;
    const known = list.value.find(
      ({ id, onPremisesPublishing }) => id === knownId || onPremisesPublishing.externalUrl === externalUrl,
    );
    if (!known) {
      const created = applicationSchema.parse(await this.#call('POST', '/applications', wanted));
      return { id: created.id, isNew: true };
    }
    const { onPremisesPublishing: current } = known;
    if (current.externalUrl !== externalUrl || current.internalUrl !== internalUrl) {
      await this.#call('PATCH', `/applications/${known.id}`, { onPremisesPublishing: { externalUrl, internalUrl } });
    }
    return { id: known.id, isNew: false };
  }

  async assignUser(applicationId: string, user: { readonly id: string; readonly displayName: string }): Promise<void> {
    await this.#call('POST', `/servicePrincipals/${applicationId}/appRoleAssignedTo`, {
      principalId: user.id,
      principalType: 'User',
      principalDisplayName: user.displayName,
    });
  }

  async #call(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<unknown> {
    const authorization = `Bearer ${this.#token}`;
    const init: LocalRequest =
      body === undefined
        ? { method, headers: { authorization } }
        : { method, headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const { status, text } = await this.#http(`${this.#apiBaseUrl}${path}`, init);
    if (status >= 300) throw new TrialError(`The admin API refused ${method} ${path}: ${status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

/** The scope of a daemon: all app roles that it was given on the API. */
export function automationScope(state: TrialState): string {
  return `api://${state.apiId}/.default`;
}
