import { HIDE_APP_TAG } from '../../src-shared/publishing/application-presentation.ts';
import { isWildcardHost } from '../../src-shared/publishing/urls.ts';
import type { Session } from '../identity/session.ts';
import type { PortalApplication } from '../portal/my-apps-page.ts';
import type { PublishedApplication } from './published-application.ts';
import { judgeAccess } from './conditional-access/judge-access.ts';

/**
 * What "My apps" shows to someone: the applications that the gate would let them into from where they are now, by the gate's
 * own decision, at once or after a stronger sign-in, unless they are hidden or have no address that a browser can go to.
 * @param sessions of different providers
 * @param all each application once, in the order to be shown
 */
export function portalApplications(
  all: readonly PublishedApplication[],
  sessions: readonly Session[],
  { remoteAddress, nowMs }: { readonly remoteAddress: string; readonly nowMs: number },
): PortalApplication[] {
  const shown: PortalApplication[] = [];
  for (const published of all) {
    const { displayName, description, info, tags, onPremisesPublishing } = published.application;
    const url = addressOf(published);
    if (url === null || tags.includes(HIDE_APP_TAG)) continue;
    const isOpen = sessions.some((session) => {
      const { kind } = judgeAccess(published, { session, remoteAddress, nowMs });
      return kind === 'grant' || kind === 'stepUp';
    });
    if (!isOpen) continue;
    const isInMaintenance = !onPremisesPublishing.isOnPremPublishingEnabled;
    shown.push({ displayName, description, url, logoPath: info.logoUrl, isInMaintenance });
  }
  return shown;
}

/** A wildcard has no address, unless its home page gives it one. */
function addressOf({ application, hostname, externalUrl }: PublishedApplication): string | null {
  return application.web.homePageUrl ?? (isWildcardHost(hostname) ? null : externalUrl);
}
