import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { Identity } from '../identity/make-identity.ts';
import { readCookie } from '../identity/cookies.ts';
import { SIGN_IN_PATHS } from '../identity/sign-in-paths.ts';
import { siteOfProvider } from '../identity/sign-in-site.ts';
import { SIGN_OUT_EVERYWHERE_PATH, SIGN_OUT_PATH } from '../identity/sign-out.ts';
import { type ApplicationLogos, isLogoPath } from '../portal/application-logos.ts';
import type { Branding } from '../portal/branding.ts';
import { renderMyApps } from '../portal/my-apps-page.ts';
import { type Answer, answerPage, answerRedirect } from './answer.ts';
import type { ApplicationCatalog } from './application-catalog.ts';
import { portalApplications } from './portal-applications.ts';

export interface PortalSiteOptions {
  readonly identity: Pick<Identity, 'service' | 'providers' | 'sessions' | 'signIn'>;
  readonly catalog: Pick<ApplicationCatalog, 'all'>;
  readonly logos: Pick<ApplicationLogos, 'at'>;
  readonly brand: Branding;
  readonly clock: () => number;
}

/** "My apps" and the pictures in it, on the service's own host. */
export class PortalSite {
  readonly #options: PortalSiteOptions;

  constructor(options: PortalSiteOptions) {
    this.#options = options;
  }

  /** Whether a request for the page or a picture comes with a session in memory: its client is not counted as a stranger then. */
  isForSignedIn(path: string, cookieHeader: string | undefined): boolean {
    if (path !== '/' && !isLogoPath(path)) return false;
    const { service, sessions, providers } = this.#options.identity;
    return providers.all.some(({ id }) => {
      const cookie = readCookie(cookieHeader, siteOfProvider(service, id).cookieName);
      return cookie !== undefined && sessions.findOpened(cookie, service.hostname) !== undefined;
    });
  }

  /** @throws PosternError `STORE_UNAVAILABLE` */
  async answerPage(query: URLSearchParams, cookieHeader: string | undefined, remoteAddress: string): Promise<Answer> {
    const { identity, catalog, brand, clock } = this.#options;
    const sessions = await identity.signIn.serviceSessions(cookieHeader);
    const [first] = sessions;
    if (first === undefined) return answerRedirect(SIGN_IN_PATHS.begin);
    const { displayName, userPrincipalName } = first;
    const page = renderMyApps({
      brand,
      userName: displayName,
      userPrincipalName,
      applications: portalApplications(catalog.all(), sessions, { remoteAddress, nowMs: clock() }),
      search: query.get('q') ?? '',
      signOutPath: SIGN_OUT_PATH,
      signOutEverywherePath: SIGN_OUT_EVERYWHERE_PATH,
    });
    return answerPage(200, page);
  }

  /**
   * A logo, for everyone who knows its address, which only those learn who may see the application; the address changes with
   * the picture. @throws PosternError `EDGE_NOT_FOUND`
   */
  async answerLogo(path: string, ifNoneMatch: string | undefined): Promise<Answer> {
    const logo = await this.#options.logos.at(path);
    if (logo === null) throw new PosternError('EDGE_NOT_FOUND', { message: 'There is no such logo.' });
    const entityTag = `"${logo.tag}"`;
    const headers = ['Cache-Control', 'public, max-age=31536000, immutable', 'ETag', entityTag];
    if (ifNoneMatch !== undefined && matches(ifNoneMatch, entityTag)) return { status: 304, headers, body: '' };
    headers.push('Content-Type', logo.mediaType, 'X-Content-Type-Options', 'nosniff');
    headers.push('Content-Security-Policy', "default-src 'none'; sandbox", 'Cross-Origin-Resource-Policy', 'same-site');
    return { status: 200, headers, body: logo.octets };
  }
}

/** RFC 9110 section 13.1.2, by weak comparison. */
function matches(ifNoneMatch: string, entityTag: string): boolean {
  return ifNoneMatch.split(',').some((each) => {
    const tag = each.trim().replace(/^W\//, '');
    return tag === '*' || tag === entityTag;
  });
}
