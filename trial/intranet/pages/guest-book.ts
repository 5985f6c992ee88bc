import type { IncomingMessage, ServerResponse } from 'node:http';

import { Html, html } from '../html.ts';
import { readForm } from '../../identity-provider/read-form.ts';
import { renderPage } from './layout.ts';

interface Entry {
  readonly name: string;
  readonly message: string;
  readonly at: Date;
}

const MAX_ENTRIES = 200;
const MAX_MESSAGE_LENGTH = 2000;
const NAME_COOKIE = 'intranet_name';

/** A form with POST, a cookie that remembers the name, and after it a redirect with an absolute Location. */
export class GuestBook {
  readonly #entries: Entry[] = [];

  show(request: IncomingMessage, response: ServerResponse): void {
    const name = readCookie(request, NAME_COOKIE);
    const entries = this.#entries.toReversed().map(
      (entry) =>
        html`<article class="entry">
          <span class="name">${entry.name}</span>
          <span class="small">${entry.at.toISOString().slice(0, 16).replace('T', ' ')} UTC</span>
          <p>${entry.message}</p>
        </article>`,
    );
    const greeting = name === '' ? new Html('') : html`<p class="notice" role="status">Welcome back, ${name}.</p>`;
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      renderPage({
        title: 'Guest book',
        lead: 'Leave a line. Your name is remembered in a cookie.',
        section: '/guest-book',
        body: html`${greeting}
          <form class="card" method="post" action="/guest-book">
            <div class="field">
              <label for="name">Name</label>
              <input id="name" name="name" required maxlength="80" autocomplete="name" value="${name}" />
            </div>
            <div class="field">
              <label for="message">Message</label>
              <textarea id="message" name="message" required maxlength="${MAX_MESSAGE_LENGTH}"></textarea>
            </div>
            <button>Sign the book</button>
          </form>
          <section class="card" aria-label="Entries">
            <h2>Entries</h2>
            ${entries.length > 0 ? entries : html`<p class="small">Nobody has signed yet.</p>`}
          </section>`,
      }),
    );
  }

  async sign(request: IncomingMessage, response: ServerResponse, origin: string): Promise<void> {
    const form = await readForm(request);
    const name = (form['name'] ?? '').trim().slice(0, 80);
    const message = (form['message'] ?? '').trim().slice(0, MAX_MESSAGE_LENGTH);
    if (name === '' || message === '') {
      response.writeHead(400, { 'content-type': 'text/plain; charset=utf-8' });
      response.end('Name and message must both be filled in: go back and complete the form.\n');
      return;
    }
    this.#entries.push({ name, message, at: new Date() });
    if (this.#entries.length > MAX_ENTRIES) this.#entries.shift();
    response.writeHead(303, {
      location: `${origin}/guest-book`,
      'set-cookie': `${NAME_COOKIE}=${encodeURIComponent(name)}; Path=/guest-book; Max-Age=31536000; SameSite=Lax`,
    });
    response.end();
  }
}

function readCookie(request: IncomingMessage, name: string): string {
  const pair = (request.headers.cookie ?? '').split('; ').find((text) => text.startsWith(`${name}=`));
  try {
    return decodeURIComponent(pair?.slice(name.length + 1) ?? '');
  } catch {
    return '';
  }
}
