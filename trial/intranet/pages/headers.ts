import type { IncomingMessage } from 'node:http';

import { html } from '../html.ts';
import { renderPage } from './layout.ts';

/** The request as it arrived here, header by header, in order. */
export function headersPage(request: IncomingMessage): string {
  const rows = headerPairs(request).map(
    ([name, value]) =>
      html`<tr>
        <td class="key mono">${name}</td>
        <td class="mono">${value}</td>
      </tr>`,
  );
  return renderPage({
    title: 'Headers',
    lead: 'What this application was sent, exactly as it came.',
    section: '/headers',
    body: html`<section class="card">
      <h2 class="mono">${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/${request.httpVersion}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </section>`,
  });
}

/** Name and value in the order and spelling of the wire. */
export function headerPairs({ rawHeaders }: IncomingMessage): Array<readonly [string, string]> {
  const pairs: Array<readonly [string, string]> = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    pairs.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  return pairs;
}
