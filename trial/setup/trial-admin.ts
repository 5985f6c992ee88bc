import type { RequestInit } from 'undici';
import { z } from 'zod';

import type { ApplicationCreate } from '../../src-shared/publishing/application.ts';
import { applicationSchema, connectorSchema } from '../../src-shared/publishing/application.ts';
import type { LocalFetch } from './local-http.ts';
import type { TrialAddresses } from './trial-addresses.ts';
import { TrialError } from './trial-error.ts';
import type { TrialState } from './trial-state.ts';

const PROFILE = '/onPremisesPublishingProfiles/applicationProxy';
const TOKEN_LIFE_MINUTES = 15;

/** What the trial does at the admin API, as any script would: a client-credentials token, then plain requests. */
export class TrialAdmin {
  readonly #fetch: LocalFetch;
  readonly #apiBaseUrl: string;
  readonly #token: string;

  private constructor(fetch: LocalFetch, apiBaseUrl: string, token: string) {
    this.#fetch = fetch;
    this.#apiBaseUrl = apiBaseUrl;
    this.#token = token;
  }

  static async signIn(fetch: LocalFetch, addresses: TrialAddresses, state: TrialState): Promise<TrialAdmin> {
    const { clientId, clientSecret } = state.clients.automation;
    const answer = await fetch(addresses.tokenEndpoint, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
        scope: automationScope(state),
      }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new TrialError(`The identity provider gave no token: ${answer.status} ${text}`);
    const { access_token: token } = z.object({ access_token: z.string() }).parse(JSON.parse(text));
    return new TrialAdmin(fetch, addresses.apiBaseUrl, token);
  }

  /** A token with which one connector can enrol, within a quarter of an hour. */
  async makeEnrolmentToken(): Promise<string> {
    const body = { maxUses: 1, lifetimeMinutes: TOKEN_LIFE_MINUTES, displayName: 'Trial' };
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

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const init: RequestInit = {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    if (body === undefined) init.headers = { authorization: `Bearer ${this.#token}` };
    const answer = await this.#fetch(`${this.#apiBaseUrl}${path}`, init);
    const text = await answer.text();
    if (!answer.ok) throw new TrialError(`The admin API refused ${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

/** The scope of a daemon: all app roles that it was given on the API. */
export function automationScope(state: TrialState): string {
  return `api://${state.apiId}/.default`;
}
