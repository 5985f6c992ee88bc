import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { ENROLMENT_PATH } from '../../src-shared/connector/enrolment.ts';
import { SERVICE_DESCRIPTION_PATH } from '../../src-shared/connector/service-description.ts';
import { ADMIN_API_PATH } from '../config/service-addresses.ts';
import type { Identity } from '../identity/make-identity.ts';
import { SIGN_IN_PATHS } from '../identity/sign-in.ts';
import { SIGNED_OUT_PATH, SIGN_OUT_PATH } from '../identity/sign-out.ts';
import { applicationSite } from '../identity/sign-in-site.ts';
import { renderMyApps } from '../portal/my-apps-page.ts';
import { isAssigned } from './access-gate.ts';
import { type Answer, answerPage, answerRedirect } from './answer.ts';
import type { ApplicationCatalog, PublishedApplication } from './application-catalog.ts';
import { parseRequestTarget, type RequestTarget } from './request-target.ts';

/** Everything below this prefix is ours on every host, and never forwarded. */
const OWN_PREFIX = '/.postern/';

/** What the pages of the service need. */
export interface OwnPathsOptions {
  readonly identity: Identity;
  readonly catalog: ApplicationCatalog;
  readonly brand: string;
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
    switch (target.path) {
      case '/':
        return this.#portal(cookieHeader);
      case SIGN_IN_PATHS.begin:
        return signIn.begin(new URLSearchParams(target.query), cookieHeader);
      case SIGN_IN_PATHS.callback:
        return signIn.callback(target.query, cookieHeader);
      case SIGN_OUT_PATH:
        refuseEmbedded(request.destination);
        return signOut.signOut(service, cookieHeader);
      case SIGNED_OUT_PATH:
        return signOut.signedOut();
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
      case SIGN_IN_PATHS.start:
        return signIn.start(siteFor(query.get('return')), query, cookieHeader);
      case SIGN_IN_PATHS.complete:
        return signIn.complete(hostname, siteFor, query, cookieHeader);
      case SIGN_OUT_PATH:
        refuseEmbedded(request.destination);
        return signOut.signOut(siteFor(query.get('return')), cookieHeader);
      default:
        throw new PosternError('EDGE_NOT_FOUND', { message: 'This service has no such page.' });
    }
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
      .map(({ application, hostname }) => ({
        displayName: application.displayName,
        url: hostname.startsWith('*.') ? null : application.onPremisesPublishing.externalUrl,
      }));
    const { displayName, userPrincipalName } = session;
    return answerPage(
      200,
      renderMyApps({ brand, userName: displayName, userPrincipalName, applications, signOutPath: SIGN_OUT_PATH }),
    );
  }
}

/** The address at which a sign-in that returns to `target` begins, on the application's own host. */
export function signInPath(target: RequestTarget, isAccountChosen: boolean): string {
  const query = new URLSearchParams({
    return: octetSafe(target.target),
    ...(isAccountChosen ? { prompt: 'login' } : {}),
  });
  return `${SIGN_IN_PATHS.start}?${query.toString()}`;
}

/** Raw high octets are percent-encoded: as characters they would become UTF-8 on their way through the query. */
function octetSafe(target: string): string {
  return target.replace(/[\x80-\xff]/g, (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase()}`);
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
