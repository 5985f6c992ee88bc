import type { Branding } from './branding.ts';
import { markup, type SafeMarkup } from './markup.ts';
import { type Page, renderPage } from './page.ts';

/**
 * Keeps the fragment of the address, which never reaches a server, in this tab until the sign-in is over (B12), and says
 * so with `fragment=1`. Without scripts the meta refresh goes on and the fragment alone is lost.
 */
const KEEP_FRAGMENT_SCRIPT = `
const link = document.querySelector('[data-continue]');
let next = link.href;
try {
  if (location.hash) {
    sessionStorage.setItem(link.dataset.continue, location.hash);
    next += '&fragment=1';
  }
} catch {}
location.replace(next);
`;

const RESTORE_FRAGMENT_SCRIPT = `
const link = document.querySelector('[data-continue]');
let fragment = '';
try {
  fragment = sessionStorage.getItem(link.dataset.continue) || '';
  sessionStorage.removeItem(link.dataset.continue);
} catch {}
location.replace(link.href + fragment);
`;

export interface ContinuePage {
  readonly brand: Branding;
  /** Absolute URL to go on to. */
  readonly url: string;
  /** The flow, under whose name the fragment is kept. */
  readonly flowId: string;
}

/** The first page of a sign-in, on the application's host: goes on at once to the service's own host. */
export function renderSignInStart(page: ContinuePage): Page {
  return renderContinue(page, KEEP_FRAGMENT_SCRIPT);
}

/** The last page of a sign-in that was asked for with a fragment: puts it back and goes on. */
export function renderSignInEnd(page: ContinuePage): Page {
  return renderContinue(page, RESTORE_FRAGMENT_SCRIPT);
}

/** Where people choose at which provider they sign in. */
export function renderProviderChoice(
  brand: Branding,
  choices: readonly { readonly displayName: string; readonly url: string }[],
): Page {
  return renderPage({
    title: 'Sign in',
    brand,
    content: markup`<h1>Where do you sign in?</h1>
      <p>Choose the organization that your account belongs to.</p>
      <div class="actions">
        ${choices.map(({ displayName, url }) => markup`<a class="button quiet" href="${url}">${displayName}</a>`)}
      </div>`,
  });
}

/**
 * The page after signing out.
 * @param remaining the providers at which this browser is signed in still
 */
export function renderSignedOut(brand: Branding, remaining: readonly string[], signOutPath: string): Page {
  if (remaining.length > 0) {
    return renderPage({
      title: 'Signed out',
      brand,
      isIsolated: true,
      content: markup`<h1>You are signed out</h1>
        <p>You are still signed in with ${remaining.join(', ')}, and the applications of that account stay open.</p>
        <div class="actions">
          <a class="button" href="${signOutPath}">Sign out everywhere</a>
          <a class="button quiet" href="/">Stay signed in there</a>
        </div>`,
    });
  }
  return renderPage({
    title: 'Signed out',
    brand,
    isIsolated: true,
    content: markup`<h1>You are signed out</h1>
      <p>Your session has ended on every application that you opened here.</p>
      <div class="actions"><a class="button" href="/">Sign in again</a></div>`,
  });
}

/** An application that somebody signed out of by itself. */
export interface SignedOutApplication {
  readonly displayName: string;
  readonly hostname: string;
  /** Where the user signs in to it again. */
  readonly againUrl: string;
  /** Where the user signs out of everything. */
  readonly signOutUrl: string;
}

/** The page after signing out of one application by itself, on its host. */
export function renderSignedOutOfApplication(brand: Branding, application: SignedOutApplication): Page {
  const { displayName, hostname } = application;
  return renderSignedOutByItself(
    brand,
    application,
    markup`<h1>You are signed out of ${displayName}</h1>
      <p>Your session at ${hostname} has ended. Your sign-in and the other applications that you opened stay as they are.</p>`,
  );
}

/** What a sign-in leads to at an application that the user has signed out of, while their session runs on elsewhere. */
export function renderSignedOutBefore(brand: Branding, application: SignedOutApplication): Page {
  const { displayName, hostname } = application;
  return renderSignedOutByItself(
    brand,
    application,
    markup`<h1>You have signed out of ${displayName}</h1>
      <p>Your sign-in still runs for other applications, so you can go back to ${hostname} without a password.</p>`,
  );
}

function renderSignedOutByItself(
  brand: Branding,
  { againUrl, signOutUrl }: SignedOutApplication,
  said: SafeMarkup,
): Page {
  return renderPage({
    title: 'Signed out',
    brand,
    content: markup`${said}
      <div class="actions">
        <a class="button" href="${againUrl}">Sign in again</a>
        <a class="button quiet" href="${signOutUrl}">Sign out everywhere</a>
      </div>`,
  });
}

/**
 * What a link of another site to the sign-out leads to.
 * @param extent what would end
 */
export function renderSignOutQuestion(brand: Branding, signOutPath: string, extent: string): Page {
  return renderPage({
    title: 'Sign out',
    brand,
    isIsolated: true,
    hasForm: true,
    content: markup`<h1>Sign out?</h1>
      <p>You were led here by another site. Your session would end ${extent}.</p>
      <form method="post" action="${signOutPath}" class="actions">
        <button class="button" type="submit">Sign out</button>
        <a class="button quiet" href="/">Stay signed in</a>
      </form>`,
  });
}

/** On the way from that page to the identity provider. */
export function renderSigningOut(brand: Branding, url: string): Page {
  return renderPage({
    title: 'Signing out',
    brand,
    isIsolated: true,
    head: markup`<meta http-equiv="refresh" content="0; url=${url}" />`,
    content: markup`<h1>Signing you out…</h1>
      <p><a href="${url}">Continue</a> if nothing happens.</p>`,
  });
}

function renderContinue(page: ContinuePage, script: string): Page {
  return renderPage({
    title: 'Signing in',
    brand: page.brand,
    head: markup`<noscript><meta http-equiv="refresh" content="0; url=${page.url}" /></noscript>`,
    content: markup`<h1>Signing you in…</h1>
      <p><a data-continue="postern-fragment-${page.flowId}" href="${page.url}">Continue</a> if nothing happens.</p>`,
    script,
  });
}
