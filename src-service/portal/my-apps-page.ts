import type { Branding } from './branding.ts';
import { markup } from './markup.ts';
import { type Page, renderPage } from './page.ts';

/** An application as the portal shows it. */
export interface PortalApplication {
  readonly displayName: string;
  /** Where it opens; null for a wildcard, which has no address of its own. */
  readonly url: string | null;
}

export interface MyAppsInput {
  readonly brand: Branding;
  readonly userName: string;
  readonly userPrincipalName: string;
  readonly applications: readonly PortalApplication[];
  readonly signOutPath: string;
}

/** "My apps": what the signed-in person may open. */
export function renderMyApps(input: MyAppsInput): Page {
  const tiles = input.applications
    .filter((application) => application.url !== null)
    .map(
      ({ displayName, url }) =>
        markup`<li>
          <a href="${url}">
            <span class="tile" aria-hidden="true">${initial(displayName)}</span>
            <span
              ><span class="name">${displayName}</span
              ><span class="host">${url === null ? '' : new URL(url).host}</span></span
            >
          </a>
        </li>`,
    );
  return renderPage({
    title: 'My apps',
    brand: input.brand,
    isWide: true,
    isIsolated: true,
    content: markup`<h1>My apps</h1>
      <div class="person">
        <span>Signed in as <strong>${input.userName}</strong> (${input.userPrincipalName})</span>
        <a class="button quiet" href="${input.signOutPath}">Sign out</a>
      </div>
      ${
        tiles.length === 0
          ? markup`<p>No application is assigned to you yet. Ask your administrator to assign one.</p>`
          : markup`<ul class="apps">
              ${tiles}
            </ul>`
      }`,
  });
}

function initial(name: string): string {
  return String.fromCodePoint(name.codePointAt(0) ?? 0x20).toLocaleUpperCase('en');
}
