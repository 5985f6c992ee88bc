import type { OwnRequest } from './own-request.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { ENROLMENT_PATH } from '../../src-shared/connector/enrolment.ts';
import { SERVICE_DESCRIPTION_PATH } from '../../src-shared/connector/service-description.ts';
import { ADMIN_API_PATH } from '../config/service-addresses.ts';
import { ASSERTION_KEYS_MAX_AGE_SECONDS, ASSERTION_KEYS_PATH } from '../identity/identity-assertions.ts';
import { readRequirement } from '../identity/authentication-requirement.ts';
import type { Identity } from '../identity/make-identity.ts';
import { SIGN_IN_PATHS, isCallbackPath } from '../identity/sign-in-paths.ts';
import type { SignInSite } from '../identity/sign-in-site.ts';
import {
  FRONT_CHANNEL_LOGOUT_PATH,
  SIGNED_OUT_PATH,
  SIGN_OUT_APPLICATION_PATH,
  SIGN_OUT_EVERYWHERE_PATH,
  SIGN_OUT_PATH,
} from '../identity/sign-out.ts';
import type { BrowserStep } from '../identity/browser-step.ts';
import type { Branding } from '../portal/branding.ts';
import { isLogoPath } from '../portal/application-logos.ts';
import {
  renderProviderChoice,
  renderSignInEnd,
  renderSignInStart,
  renderSignOutQuestion,
  renderSignedOut,
  renderSignedOutBefore,
  renderSignedOutOfApplication,
  renderSigningOut,
} from '../portal/sign-in-pages.ts';
import { type Answer, answerPage, answerRedirect } from './answer.ts';
import type { ApplicationCatalog } from './application-catalog.ts';
import type { PublishedApplication } from './published-application.ts';
import { applicationSite } from './application-site.ts';
import type { PortalSite } from './portal-site.ts';
import { parseRequestTarget, type RequestTarget } from './request-target.ts';
import { isFromElsewhere, refuseEmbedded, requireOwnForm } from './request-source.ts';
import { safeReturnTarget } from './return-target.ts';

/** Everything below this prefix is ours on every host, and never forwarded. */
const OWN_PREFIX = '/.postern/';

/** Those to which a page of ours posts a form. */
const FORM_PATHS: readonly string[] = [SIGN_OUT_PATH, SIGN_OUT_APPLICATION_PATH, SIGN_OUT_EVERYWHERE_PATH];
const EVERYWHERE = 'on every application that you opened here';

/** What the pages of the service need. */
export interface OwnPathsOptions {
  readonly identity: Identity;
  readonly catalog: ApplicationCatalog;
  readonly portal: PortalSite;
  readonly brand: Branding;
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
    const { identity, portal } = this.#options;
    const { signIn, signOut, service } = identity;
    const { target, cookieHeader } = request;
    refuseOtherMethods(request);
    // Cookies of a sign-in belong to one host; under its other names the service sends there.
    if (request.hostname !== service.hostname) return answerRedirect(service.origin + target.target);
    if (isLogoPath(target.path)) return portal.answerLogo(target.path, request.ifNoneMatch);
    const query = new URLSearchParams(target.query);
    if (isCallbackPath(target.path)) {
      return this.#answerStep(await signIn.callback(target.path, target.query, cookieHeader, request.client));
    }
    switch (target.path) {
      case '/':
        return portal.answerPage(query, cookieHeader, request.client.remoteAddress);
      case SIGN_IN_PATHS.begin:
        return this.#answerBegin(query, request);
      case ASSERTION_KEYS_PATH:
        return answerKeys(identity.assertionKeys.published());
      case SIGN_OUT_PATH:
        return this.#answerSignOut(request, service, await signOut.isAskedFor(query, cookieHeader));
      case SIGN_OUT_EVERYWHERE_PATH:
        return this.#answerSignOutEverywhere(request);
      case FRONT_CHANNEL_LOGOUT_PATH:
        await signOut.frontChannelLogout(query);
        return answerFrame(signOut.frontChannelProvider(query));
      case SIGNED_OUT_PATH: {
        const { displayNames, cookies } = await signOut.remaining(cookieHeader);
        return answerPage(200, renderSignedOut(this.#options.brand, displayNames, SIGN_OUT_PATH), setCookies(cookies));
      }
      default:
        throw new PosternError('EDGE_NOT_FOUND', { message: 'This service has no such page.' });
    }
  }

  /** A page below `/.postern/` on an application's host. */
  async answerOnApplicationHost(request: OwnRequest): Promise<Answer> {
    const { signIn } = this.#options.identity;
    const { hostname, target, cookieHeader } = request;
    refuseOtherMethods(request);
    const query = new URLSearchParams(target.query);
    const siteFor = (returnTo: string | null): ReturnType<typeof applicationSite> =>
      applicationSite(this.#applicationBehind(hostname, returnTo), hostname);
    switch (target.path) {
      case SIGN_IN_PATHS.start: {
        const returnTo = safeReturnTarget(query.get('return'));
        const wish = {
          isAccountChosen: query.get('prompt') === 'login',
          isAgain: wantsAgain(query, request),
          requirement: readRequirement(query),
        };
        return this.#answerStep(await signIn.start(siteFor(returnTo), returnTo, wish, cookieHeader));
      }
      case SIGN_IN_PATHS.complete:
        return this.#answerStep(await signIn.complete(hostname, siteFor, query.get('h') ?? '', cookieHeader));
      case SIGN_OUT_PATH:
        return this.#answerSignOut(request, siteFor(query.get('return')), false);
      case SIGN_OUT_APPLICATION_PATH:
        return this.#answerSignOutOfHost(request, this.#applicationBehind(hostname, query.get('return')));
      default:
        throw new PosternError('EDGE_NOT_FOUND', { message: 'This service has no such page.' });
    }
  }

  /**
   * A link of another site asks first, lest it sign people out; the page's own form, or a link on this host, does it.
   * @param isAsked whether the user has answered already
   */
  async #answerSignOut(
    { method, source, cookieHeader }: OwnRequest,
    site: SignInSite,
    isAsked: boolean,
  ): Promise<Answer> {
    const { identity, brand } = this.#options;
    refuseEmbedded(source);
    if (method === 'POST') requireOwnForm(source, site.origin);
    else if (isFromElsewhere(source) && !isAsked) {
      return answerPage(200, renderSignOutQuestion(brand, SIGN_OUT_PATH, EVERYWHERE));
    }
    const step = await identity.signOut.signOut(site, cookieHeader);
    // The policy of the form's page holds for redirects that answer it, and the provider is another site.
    return method === 'POST'
      ? answerPage(200, renderSigningOut(brand, step.url), setCookies(step.cookies))
      : this.#answerStep(step);
  }

  /** One application by itself: nothing leads to the provider, whose session and ours go on. */
  async #answerSignOutOfHost(request: OwnRequest, published: PublishedApplication): Promise<Answer> {
    const { identity, brand } = this.#options;
    const { method, source, hostname, target, cookieHeader } = request;
    const site = applicationSite(published, hostname);
    refuseEmbedded(source);
    if (method === 'POST') requireOwnForm(source, site.origin);
    else if (isFromElsewhere(source)) {
      return answerPage(200, renderSignOutQuestion(brand, target.target, `on ${hostname} alone`));
    }
    const { cookies, everywhereUrl } = await identity.signOut.signOutOfHost(site, cookieHeader);
    const again = new URLSearchParams({ return: new URL(published.externalUrl).pathname, again: '1' });
    const page = renderSignedOutOfApplication(brand, {
      displayName: published.application.displayName,
      hostname,
      againUrl: `${SIGN_IN_PATHS.start}?${again.toString()}`,
      signOutUrl: everywhereUrl,
    });
    return answerPage(200, page, setCookies(cookies));
  }

  async #answerSignOutEverywhere({ method, source, cookieHeader }: OwnRequest): Promise<Answer> {
    const { identity, brand } = this.#options;
    if (method !== 'POST') return answerRedirect('/');
    requireOwnForm(source, identity.service.origin);
    const step = await identity.signOut.signOutEverywhere(cookieHeader);
    return answerPage(200, renderSigningOut(brand, step.url), setCookies(step.cookies));
  }

  /** Without a token somebody wants the portal: where there are several providers they choose theirs. */
  async #answerBegin(query: URLSearchParams, request: OwnRequest): Promise<Answer> {
    const { identity, brand, catalog } = this.#options;
    const token = query.get('t');
    const { all } = identity.providers;
    const chosen = all.find(({ id }) => id === query.get('provider'));
    if (token === null && chosen === undefined && all.length > 1) {
      const choices = all.map(({ id, displayName }) => ({
        displayName,
        url: `${SIGN_IN_PATHS.begin}?provider=${encodeURIComponent(id)}`,
      }));
      return answerPage(200, renderProviderChoice(brand, choices));
    }
    const isFragmentKept = query.get('fragment') === '1';
    const isAgain = wantsAgain(query, request);
    const { cookieHeader } = request;
    const step = await identity.signIn.begin(token, isFragmentKept, cookieHeader, chosen?.id ?? null, isAgain);
    if (!('signedOutOf' in step)) return this.#answerStep(step);
    const hostname = step.signedOutOf;
    query.set('again', '1');
    const page = renderSignedOutBefore(brand, {
      displayName: catalog.firstOn(hostname)?.application.displayName ?? hostname,
      hostname,
      againUrl: `${SIGN_IN_PATHS.begin}?${query.toString()}`,
      signOutUrl: SIGN_OUT_PATH,
    });
    return answerPage(200, page);
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
}

/** Whether the user chose on a page of this host to go back to where they signed out: no other site chooses it for them. */
function wantsAgain(query: URLSearchParams, { source }: OwnRequest): boolean {
  return query.get('again') === '1' && !isFromElsewhere(source);
}

function setCookies(values: readonly string[]): string[] {
  return values.flatMap((value) => ['Set-Cookie', value]);
}

/** An empty page that the provider alone may frame. */
function answerFrame(provider: { readonly issuer: string } | null): Answer {
  const ancestors = provider === null ? "'none'" : new URL(provider.issuer).origin;
  const policy = `default-src 'none'; frame-ancestors ${ancestors}`;
  const headers = [
    'Content-Type',
    'text/html; charset=utf-8',
    'Cache-Control',
    'no-store',
    'Content-Security-Policy',
    policy,
  ];
  headers.push('X-Content-Type-Options', 'nosniff', 'Referrer-Policy', 'no-referrer');
  return { status: 200, headers, body: '' };
}

/** Public keys, for backends and whatever stands before them. */
function answerKeys(body: string): Answer {
  const cacheControl = `public, max-age=${ASSERTION_KEYS_MAX_AGE_SECONDS}`;
  const headers = ['Content-Type', 'application/json', 'Cache-Control', cacheControl];
  headers.push('Access-Control-Allow-Origin', '*', 'X-Content-Type-Options', 'nosniff');
  return { status: 200, headers, body };
}

function refuseOtherMethods({ method, target }: OwnRequest): void {
  const isForm = FORM_PATHS.includes(target.path);
  if (method === 'GET' || method === 'HEAD' || (method === 'POST' && isForm)) return;
  throw new PosternError('EDGE_BAD_REQUEST', { message: `This page takes no ${method} requests.` });
}
