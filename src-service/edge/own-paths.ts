import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { ENROLMENT_PATH } from '../../src-shared/connector/enrolment.ts';
import { SERVICE_DESCRIPTION_PATH } from '../../src-shared/connector/service-description.ts';
import { isWildcardHost } from '../../src-shared/publishing/urls.ts';
import { ADMIN_API_PATH } from '../config/service-addresses.ts';
import { ASSERTION_KEYS_MAX_AGE_SECONDS, ASSERTION_KEYS_PATH } from '../identity/identity-assertions.ts';
import type { Identity } from '../identity/make-identity.ts';
import { SIGN_IN_PATHS } from '../identity/sign-in-paths.ts';
import { FRONT_CHANNEL_LOGOUT_PATH, SIGNED_OUT_PATH, SIGN_OUT_PATH } from '../identity/sign-out.ts';
import type { BrowserStep } from '../identity/browser-step.ts';
import type { Branding } from '../portal/branding.ts';
import { renderMyApps } from '../portal/my-apps-page.ts';
import { renderSignInEnd, renderSignInStart, renderSignedOut } from '../portal/sign-in-pages.ts';
import { isAssigned } from './assignment.ts';
import { type Answer, answerPage, answerRedirect } from './answer.ts';
import type { ApplicationCatalog, PublishedApplication } from './application-catalog.ts';
import { applicationSite } from './application-site.ts';
import { parseRequestTarget, type RequestTarget } from './request-target.ts';
import { safeReturnTarget } from './return-target.ts';

/** Everything below this prefix is ours on every host, and never forwarded. */
const OWN_PREFIX = '/.postern/';

/** What the pages of the service need. */
export interface OwnPathsOptions {
  readonly identity: Identity;
  readonly catalog: ApplicationCatalog;
  readonly brand: Branding;
}

/** A request for a page of the service, read. */
export interface OwnRequest {
  readonly method: string;
  readonly hostname: string;
  readonly target: RequestTarget;
  readonly cookieHeader: string | undefined;
  /** `Sec-Fetch-Dest`, where the browser tells it. */
  readonly destination: string | undefined;
}

/** Whether a path is ours on an application's host, however a server may read it. */
export function isOwnPath(target: RequestTarget): boolean {
  return target.readings.some((reading) => reading.startsWith(OWN_PREFIX));
}

/** Whether the API answers a path of the service's own host. */
export function isApiPath(path: string): boolean {
  return (
    path === SERVICE_DESCRIPTION_PATH ||
    path === ENROLMENT_PATH ||
    path === ADMIN_API_PATH ||
    path.startsWith(`${ADMIN_API_PATH}/`)
  );
}

/** The pages of the service: sign-in, sign-out and the portal. Each answers, or throws a PosternError. */
export class OwnPaths {
  readonly #options: OwnPathsOptions;

  constructor(options: OwnPathsOptions) {
    this.#options = options;
  }

  /** A page on the service's own host. */
  async answerOnServiceHost(request: OwnRequest): Promise<Answer> {
    const { signIn, signOut, service } = this.#options.identity;
    const { target, cookieHeader } = request;
    refuseOtherMethods(request.method);
    // Cookies of a sign-in belong to one host; under its other names the service sends there.
    if (request.hostname !== service.hostname) return answerRedirect(service.origin + target.target);
    const query = new URLSearchParams(target.query);
    switch (target.path) {
      case '/':
        return this.#portal(cookieHeader);
      case SIGN_IN_PATHS.begin:
        return this.#answerStep(await signIn.begin(query.get('t'), query.get('fragment') === '1', cookieHeader));
      case SIGN_IN_PATHS.callback:
        return this.#answerStep(await signIn.callback(target.query, cookieHeader));
      case ASSERTION_KEYS_PATH:
        return answerKeys(this.#options.identity.assertionKeys.published());
      case SIGN_OUT_PATH:
        refuseEmbedded(request.destination);
        return this.#answerStep(await signOut.signOut(service, cookieHeader));
      case FRONT_CHANNEL_LOGOUT_PATH:
        await signOut.frontChannelLogout(query);
        return answerFrame(new URL(this.#options.identity.providers.default.issuer).origin);
      case SIGNED_OUT_PATH:
        return answerPage(200, renderSignedOut(this.#options.brand), setCookies(signOut.signedOutCookies()));
      default:
        throw new PosternError('EDGE_NOT_FOUND', { message: 'This service has no such page.' });
    }
  }

  /** A page below `/.postern/` on an application's host. */
  async answerOnApplicationHost(request: OwnRequest): Promise<Answer> {
    const { signIn, signOut } = this.#options.identity;
    const { hostname, target, cookieHeader } = request;
    refuseOtherMethods(request.method);
    const query = new URLSearchParams(target.query);
    const siteFor = (returnTo: string | null): ReturnType<typeof applicationSite> =>
      applicationSite(this.#applicationBehind(hostname, returnTo), hostname);
    switch (target.path) {
      case SIGN_IN_PATHS.start: {
        const returnTo = safeReturnTarget(query.get('return'));
        const isAccountChosen = query.get('prompt') === 'login';
        return this.#answerStep(await signIn.start(siteFor(returnTo), returnTo, isAccountChosen, cookieHeader));
      }
      case SIGN_IN_PATHS.complete:
        return this.#answerStep(await signIn.complete(hostname, siteFor, query.get('h') ?? '', cookieHeader));
      case SIGN_OUT_PATH:
        refuseEmbedded(request.destination);
        return this.#answerStep(await signOut.signOut(siteFor(query.get('return')), cookieHeader));
      default:
        throw new PosternError('EDGE_NOT_FOUND', { message: 'This service has no such page.' });
    }
  }

  #answerStep({ url, cookies, fragment }: BrowserStep): Answer {
    if (fragment === null) return answerRedirect(url, setCookies(cookies));
    const page = { brand: this.#options.brand, url, flowId: fragment.flowId };
    const rendered = fragment.action === 'keep' ? renderSignInStart(page) : renderSignInEnd(page);
    return answerPage(200, rendered, setCookies(cookies));
  }

  /** The application of a return target; the settings of its cookie are those that count (B4). */
  #applicationBehind(hostname: string, returnTo: string | null): PublishedApplication {
    const { catalog } = this.#options;
    const target = returnTo === null ? null : parseRequestTarget(returnTo, '');
    const found = (target && catalog.match(hostname, target.readings[0])) ?? catalog.firstOn(hostname);
    if (found === undefined) throw new PosternError('EDGE_NOT_FOUND');
    return found;
  }

  async #portal(cookieHeader: string | undefined): Promise<Answer> {
    const { identity, catalog, brand } = this.#options;
    const session = await identity.signIn.serviceSession(cookieHeader);
    if (session === null) return answerRedirect(SIGN_IN_PATHS.begin);
    const applications = catalog
      .all()
      .filter((published) => isAssigned(published, session))
      .map(({ application, hostname, externalUrl }) => ({
        displayName: application.displayName,
        url: isWildcardHost(hostname) ? null : externalUrl,
      }));
    const { displayName, userPrincipalName } = session;
    return answerPage(
      200,
      renderMyApps({ brand, userName: displayName, userPrincipalName, applications, signOutPath: SIGN_OUT_PATH }),
    );
  }
}

function setCookies(values: readonly string[]): string[] {
  return values.flatMap((value) => ['Set-Cookie', value]);
}

/** An empty page that the provider alone may frame. */
function answerFrame(providerOrigin: string): Answer {
  const policy = `default-src 'none'; frame-ancestors ${providerOrigin}`;
  return { status: 200, headers: ['Cache-Control', 'no-store', 'Content-Security-Policy', policy], body: '' };
}

/** Public keys, for backends and whatever stands before them. */
function answerKeys(body: string): Answer {
  const cacheControl = `public, max-age=${ASSERTION_KEYS_MAX_AGE_SECONDS}`;
  const headers = ['Content-Type', 'application/json', 'Cache-Control', cacheControl];
  headers.push('Access-Control-Allow-Origin', '*', 'X-Content-Type-Options', 'nosniff');
  return { status: 200, headers, body };
}

function refuseOtherMethods(method: string): void {
  if (method === 'GET' || method === 'HEAD') return;
  throw new PosternError('EDGE_BAD_REQUEST', { message: `This page takes no ${method} requests.` });
}

/** An image or frame on some other site must not be able to sign people out. */
function refuseEmbedded(destination: string | undefined): void {
  if (destination === undefined || destination === 'document' || destination === 'empty') return;
  throw new PosternError('EDGE_BAD_REQUEST', { message: 'Sign-out must be opened as a page of its own.' });
}
