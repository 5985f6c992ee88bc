import { HIDE_APP_TAG } from '../../src-shared/publishing/application-presentation.ts';
import { isWildcardHost } from '../../src-shared/publishing/urls.ts';
import type { Session } from '../identity/sessions.ts';
import type { PortalApplication } from '../portal/my-apps-page.ts';
import type { PublishedApplication } from './application-catalog.ts';
import { isAssigned } from './assignment.ts';

/**
 * What "My apps" shows to someone: the applications that the gate would let them into, by the gate's own decision, unless
 * they are hidden or have no address that a browser can go to.
 * @param sessions of different providers
 * @param all each application once, in the order to be shown
 */
export function portalApplications(
  all: readonly PublishedApplication[],
  sessions: readonly Session[],
): PortalApplication[] {
  const shown: PortalApplication[] = [];
  for (const published of all) {
    const { displayName, description, info, tags, onPremisesPublishing } = published.application;
    const url = addressOf(published);
    if (url === null || tags.includes(HIDE_APP_TAG) || !sessions.some((session) => isAssigned(published, session)))
      continue;
    const isInMaintenance = !onPremisesPublishing.isOnPremPublishingEnabled;
    shown.push({ displayName, description, url, logoPath: info.logoUrl, isInMaintenance });
  }
  return shown;
}

/** A wildcard has no address, unless its home page gives it one. */
function addressOf({ application, hostname, externalUrl }: PublishedApplication): string | null {
  return application.web.homePageUrl ?? (isWildcardHost(hostname) ? null : externalUrl);
}
