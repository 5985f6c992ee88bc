/** The pages of the stand-in provider. Each is one self-contained document: no script but where one must submit a form. */

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --muted: #59636e; --line: #8c959f; --paper: #fff; --ground: #eef1f6;
  --accent: #1a5fb4; --on-accent: #fff; --bad: #b3261e; --bad-ground: #fdecea; }
@media (prefers-color-scheme: dark) { :root { --ink: #f0f3f6; --muted: #a5afba; --line: #6e7781; --paper: #1d2229;
  --ground: #12161b; --accent: #8ab8ff; --on-accent: #0b1b33; --bad: #ffb4ab; --bad-ground: #43201d; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background:
  radial-gradient(60rem 40rem at 15% 0%, color-mix(in srgb, var(--accent) 16%, transparent), transparent), var(--ground);
  color: var(--ink); font: 16px/1.5 "Segoe UI", system-ui, "DejaVu Sans", sans-serif; }
main { width: min(27rem, 100%); background: var(--paper); border-radius: 12px; padding: 40px 40px 32px;
  box-shadow: 0 2px 6px rgb(0 0 0 / .12), 0 12px 40px rgb(0 0 0 / .14); }
.mark { display: flex; align-items: center; gap: 10px; font-weight: 600; color: var(--muted); margin-bottom: 24px; }
.mark svg { width: 28px; height: 28px; flex: none; }
h1 { font-size: 1.6rem; line-height: 1.25; font-weight: 600; margin: 0 0 4px; }
p { margin: 0 0 16px; color: var(--muted); overflow-wrap: anywhere; }
label { display: block; font-weight: 600; margin: 16px 0 6px; }
input { width: 100%; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line);
  border-radius: 6px; padding: 10px 12px; }
input[aria-invalid=true] { border-color: var(--bad); }
input[name=user_code] { font: 600 1.5rem ui-monospace, monospace; letter-spacing: .12em; text-align: center; text-transform: uppercase; }
:focus-visible { outline: 3px solid color-mix(in srgb, var(--accent) 55%, transparent); outline-offset: 1px; }
.error { background: var(--bad-ground); color: var(--bad); border-radius: 6px; padding: 10px 12px; margin: 16px 0 0; }
.buttons { display: flex; flex-direction: row-reverse; gap: 12px; margin-top: 28px; }
button { font: inherit; font-weight: 600; border-radius: 6px; border: 1px solid transparent; padding: 9px 22px; cursor: pointer; }
.primary { background: var(--accent); color: var(--on-accent); flex: 1; }
.primary:hover { filter: brightness(1.08); }
.quiet { background: transparent; color: var(--ink); border-color: var(--line); }
.quiet:hover { background: color-mix(in srgb, var(--ink) 8%, transparent); }
.code { font: 600 1.7rem ui-monospace, monospace; letter-spacing: .12em; text-align: center; color: var(--ink); margin: 20px 0; }
footer { margin-top: 28px; padding-top: 16px; border-top: 1px solid color-mix(in srgb, var(--line) 40%, transparent);
  font-size: .8rem; color: var(--muted); }
iframe { display: none; }
`;

const MARK = `<svg viewBox="0 0 28 28" aria-hidden="true"><rect width="28" height="28" rx="7" fill="#1a5fb4"/>
<path d="M8 23V12a6 6 0 0 1 12 0v11" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/>
<circle cx="16.5" cy="16.5" r="1.6" fill="#fff"/></svg>`;

/** Text made safe for an element or a quoted attribute. */
function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function page(tenantName: string, title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} – ${escapeHtml(tenantName)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<div class="mark">${MARK}<span>${escapeHtml(tenantName)}</span></div>
${body}
<footer>Stand-in identity provider of the Postern trial. It answers as Microsoft Entra ID does; use no real password here.</footer>
</main>
</body>
</html>
`;
}

export interface SignInPageContent {
  readonly tenantName: string;
  readonly clientName: string;
  /** What the user typed before, or what the client suggested. */
  readonly userName: string;
  /** Whether the client asks for more than a password. */
  readonly isCodeAsked: boolean;
  readonly error: string | null;
}

const CODE_FIELD = `<label for="code">Code of your second factor</label>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9]{6}" aria-describedby="hint">
<p id="hint">Any six digits count. Left out, you sign in with your password alone.</p>`;

/** User name and password, and a code where more is asked for. Enter signs in; Cancel answers the client with `access_denied`. */
export function signInPage({ tenantName, clientName, userName, isCodeAsked, error }: SignInPageContent): string {
  const invalid = error === null ? '' : ' aria-invalid="true" aria-describedby="error"';
  const focusName = userName === '' ? ' autofocus' : '';
  const focusPassword = userName === '' ? '' : ' autofocus';
  return page(
    tenantName,
    'Sign in',
    `<h1>Sign in</h1>
<p>to continue to ${escapeHtml(clientName)}</p>
${error === null ? '' : `<div class="error" role="alert" id="error">${escapeHtml(error)}</div>`}
<form method="post">
<label for="username">User name</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required
 value="${escapeHtml(userName)}"${focusName}${invalid}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${focusPassword}${invalid}>
${isCodeAsked ? CODE_FIELD : ''}
<div class="buttons">
<button class="primary" name="action" value="signin">Sign in</button>
<button class="quiet" name="action" value="cancel" formnovalidate>Cancel</button>
</div>
</form>`,
  );
}

/** A heading, a sentence, and for an error its code. */
export function messagePage(tenantName: string, title: string, text: string, code?: string): string {
  const detail = code === undefined ? '' : `<p><code>${escapeHtml(code)}</code></p>`;
  return page(tenantName, title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>${detail}`);
}

/** Signs out without asking, as Entra does, once every front-channel logout frame has loaded or two seconds have passed. */
export function signingOutPage(tenantName: string, form: string, frontChannelUrls: readonly string[]): string {
  const frames = frontChannelUrls.map((url) => `<iframe src="${escapeHtml(url)}" title="Sign-out"></iframe>`).join('');
  return page(
    tenantName,
    'Signing out',
    `<h1>Signing out…</h1><p>This takes a moment.</p>
${form.replace('</form>', '<input type="hidden" name="logout" value="yes"></form>')}
${frames}
<noscript><div class="buttons"><button class="primary" form="op.logoutForm">Sign out</button></div></noscript>
<script>
let isSent = false;
const send = () => { if (!isSent) { isSent = true; document.forms[0].submit(); } };
addEventListener('load', send);
setTimeout(send, 2000);
</script>`,
  );
}

/** Asks for the code that a device shows. */
export function deviceCodePage(tenantName: string, form: string, isWrong: boolean): string {
  const labelled = form
    .replace('<input type="hidden"', '<label for="code">Code</label><input type="hidden"')
    .replace('type="text"', 'id="code" type="text"')
    .replace(' placeholder="Enter code"', '');
  return page(
    tenantName,
    'Enter code',
    `<h1>Enter code</h1><p>Type the code that your app or device shows.</p>
${isWrong ? '<div class="error" role="alert">That code is not right or has expired. Check it and try again.</div>' : ''}
${labelled}
<div class="buttons"><button class="primary" form="op.deviceInputForm">Next</button></div>`,
  );
}

/** Asks whether this is the device that the user has in hand. */
export function deviceConfirmPage(tenantName: string, form: string, clientName: string, userCode: string): string {
  return page(
    tenantName,
    'Confirm',
    `<h1>Are you signing in to ${escapeHtml(clientName)}?</h1>
<p>Continue only if your device shows this code.</p>
<div class="code">${escapeHtml(userCode)}</div>
${form}
<div class="buttons">
<button class="primary" form="op.deviceConfirmForm" autofocus>Continue</button>
<button class="quiet" form="op.deviceConfirmForm" name="abort" value="yes">Cancel</button>
</div>`,
  );
}
