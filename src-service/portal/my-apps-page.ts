import { initialOf, toneOf } from './application-tone.ts';
import type { Branding } from './branding.ts';
import { type SafeMarkup, markup } from './markup.ts';
import { MY_APPS_SCRIPT } from './my-apps-script.ts';
import { MY_APPS_STYLE } from './my-apps-style.ts';
import { type Page, renderPage } from './page.ts';
import { renderHelpLinks } from './help-links.ts';
import { matchesSearch } from './search-text.ts';

/** Characters of a search that are looked at. */
const MAX_SEARCH_LENGTH = 100;

/** An application as the portal shows it. */
export interface PortalApplication {
  readonly displayName: string;
  readonly description: string | null;
  /** Where it opens. */
  readonly url: string;
  /** Path of its logo on the service's host; null where a letter stands for it. */
  readonly logoPath: string | null;
  /** Nobody gets in for now (B8). */
  readonly isInMaintenance: boolean;
}

export interface MyAppsInput {
  readonly brand: Branding;
  readonly userName: string;
  readonly userPrincipalName: string;
  /** In the order to be shown. */
  readonly applications: readonly PortalApplication[];
  /** What is looked for; empty for everything. */
  readonly search: string;
  readonly signOutPath: string;
  /** Takes a form of this page alone. */
  readonly signOutEverywherePath: string;
}

/** "My apps": what the signed-in person may open. What a search leaves out is in the page, hidden, for the script to show again. */
export function renderMyApps(input: MyAppsInput): Page {
  const { applications, brand } = input;
  return renderPage({
    title: 'My apps',
    brand,
    isIsolated: true,
    beside: renderAccount(input),
    content: applications.length === 0 ? renderNothing(brand) : renderApplications(input),
    style: MY_APPS_STYLE,
    hasOwnPictures: true,
    hasForm: true,
    script: MY_APPS_SCRIPT,
  });
}

function renderAccount({ userName, userPrincipalName, signOutPath, signOutEverywherePath }: MyAppsInput): SafeMarkup {
  return markup`<details class="account">
    <summary>
      <span class="logo tone${toneOf(userPrincipalName)}" aria-hidden="true">${initialOf(userName)}</span>
      <span class="unseen">Account of ${userName}</span>
      <span class="who" aria-hidden="true">${userName}</span>
    </summary>
    <div class="panel">
      <p><strong>${userName}</strong>${userPrincipalName}</p>
      <a class="button quiet" href="${signOutPath}">Sign out</a>
      <form method="post" action="${signOutEverywherePath}">
        <button class="button quiet" type="submit">Sign out on all devices</button>
      </form>
      <label hidden><input type="checkbox" checked />Press <kbd>/</kbd> to search</label>
    </div>
  </details>`;
}

function renderNothing(brand: Branding): SafeMarkup {
  return markup`<div class="bar"><h1>My apps</h1></div>
    <div class="none">
      <h2>No application is assigned to you yet</h2>
      <p>Ask your administrator to assign one. It stands here as soon as you open this page again.</p>
      ${renderHelpLinks(brand, 'My apps')}
    </div>`;
}

function renderApplications({ applications, ...input }: MyAppsInput): SafeMarkup {
  const search = input.search.slice(0, MAX_SEARCH_LENGTH).trim();
  const isShown = applications.map((application) => matchesSearch(search, searchText(application)));
  const shownCount = isShown.filter(Boolean).length;
  const all = applications.length === 1 ? '1 application' : `${applications.length} applications`;
  return markup`<div class="bar">
      <h1>My apps</h1>
      <form role="search" action="/">
        <label class="unseen" for="q">Search my apps</label>
        <input id="q" name="q" type="search" value="${search}" maxlength="${MAX_SEARCH_LENGTH}" placeholder="Search" autocomplete="off" spellcheck="false" />
        <button class="button quiet">Search</button>
      </form>
    </div>
    <p class="count" role="status" data-all="${all}">${search === '' ? all : `${shownCount} of ${all}`}</p>
    ${search === '' ? null : SHOW_ALL}
    <ul class="apps" role="list">
      ${applications.map((application, index) => renderTile(application, isShown[index] === true))}
    </ul>
    <div class="none"${shownCount > 0 ? HIDDEN : null}>
      <h2>Nothing matches</h2>
      <p>None of your applications has these words in its name, description or address.</p>
      <div class="actions"><a class="button quiet" href="/">Show all</a></div>
    </div>`;
}

const SHOW_ALL = markup`<noscript><p><a href="/">Show all</a></p></noscript>`;
const HIDDEN = markup` hidden`;
const MAINTENANCE = markup` <span class="badge">In maintenance</span>`;

function renderTile(application: PortalApplication, isShown: boolean): SafeMarkup {
  const { displayName, description, url, logoPath, isInMaintenance } = application;
  const logo =
    logoPath === null
      ? markup`<span class="logo tone${toneOf(displayName)}" aria-hidden="true">${initialOf(displayName)}</span>`
      : markup`<img class="logo" src="${logoPath}" alt="" width="44" height="44" loading="lazy" decoding="async" />`;
  return markup`<li${isShown ? null : HIDDEN}><a href="${url}">${logo}<span class="text"><span class="name">${displayName}</span> <span class="about">${description ?? new URL(url).host}</span>${isInMaintenance ? MAINTENANCE : null}</span></a></li>
`;
}

function searchText({ displayName, description, url, isInMaintenance }: PortalApplication): string {
  return `${displayName} ${description ?? ''} ${isInMaintenance ? 'In maintenance' : ''} ${new URL(url).host}`;
}
