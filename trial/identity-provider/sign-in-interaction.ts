import { timingSafeEqual, createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Provider } from 'oidc-provider';

import { hasAsked, readAskedAuthentication, strongAuthentication } from './asked-authentication.ts';
import type { ProviderConfiguration, ProviderUser } from './provider-configuration.ts';
import { readForm } from './read-form.ts';
import { messagePage, signInPage } from './sign-in-pages.ts';

/** Entra's words for a user who turned back. */
const CANCELLED_DESCRIPTION = 'AADSTS65004: User declined to consent to access the app.';

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The user with this name or user principal name and this password, or undefined. */
function findUserByPassword(users: readonly ProviderUser[], name: string, password: string): ProviderUser | undefined {
  const wanted = name.trim().toLowerCase();
  const user = users.find(
    (candidate) => candidate.name.toLowerCase() === wanted || candidate.userPrincipalName.toLowerCase() === wanted,
  );
  return user && timingSafeEqual(digest(user.password), digest(password)) ? user : undefined;
}

/** Serves the sign-in page of an interaction and takes its answer. */
export async function handleSignIn(
  provider: Provider,
  configuration: ProviderConfiguration,
  isDisabled: (userId: string) => boolean,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { tenantName, users } = configuration;
  const send = (status: number, html: string): void => {
    response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(html);
  };
  let interaction;
  try {
    interaction = await provider.interactionDetails(request, response);
  } catch {
    return send(400, messagePage(tenantName, 'This sign-in has ended', 'Go back to the app and begin again.'));
  }
  const client = await provider.Client.find(String(interaction.params['client_id']));
  const clientName = client?.clientName ?? 'the app';
  const hint = interaction.params['login_hint'];
  const asked = readAskedAuthentication(interaction.params);
  const isCodeAsked = !hasAsked(asked, {});
  if (request.method !== 'POST') {
    const userName = typeof hint === 'string' ? hint : '';
    return send(200, signInPage({ tenantName, clientName, userName, isCodeAsked, error: null }));
  }
  const form = await readForm(request);
  if (form['action'] === 'cancel') {
    const cancelled = { error: 'access_denied', error_description: CANCELLED_DESCRIPTION };
    return provider.interactionFinished(request, response, cancelled, { mergeWithLastSubmission: false });
  }
  const userName = form['username'] ?? '';
  const user = findUserByPassword(users, userName, form['password'] ?? '');
  if (!user) {
    const error = 'Your user name or password is not right. Check both and try again.';
    return send(401, signInPage({ tenantName, clientName, userName, isCodeAsked, error }));
  }
  if (isDisabled(user.id)) {
    const error = 'Your account has been locked. Contact your support person to unlock it, then try again.';
    return send(401, signInPage({ tenantName, clientName, userName, isCodeAsked, error }));
  }
  // Whoever leaves the code out signs in all the same, so that a client that doesn't look shows itself.
  const hasCode = isCodeAsked && /^\d{6}$/.test(form['code'] ?? '');
  const authentication = hasCode ? strongAuthentication(asked) : { amr: ['pwd'] };
  const signedIn = { login: { accountId: user.id, ...authentication }, select_account: {} };
  return provider.interactionFinished(request, response, signedIn, { mergeWithLastSubmission: false });
}
