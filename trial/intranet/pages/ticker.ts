import type { ServerResponse } from 'node:http';

import { Html, html } from '../html.ts';
import { renderPage } from './layout.ts';

const TICK_MS = 1000;

/** Shows the ticks as they come. */
export function tickerPage(): string {
  return renderPage({
    title: 'Ticker',
    lead: 'Server-sent events, one each second, straight from the machine inside.',
    section: '/ticker',
    body: html`<section class="card" aria-live="off">
        <p class="big" id="value">–</p>
        <p class="live" id="state" data-state="connecting">connecting</p>
      </section>
      <section class="card">
        <h2>Last ticks</h2>
        <table>
          <thead>
            <tr>
              <th scope="col">Number</th>
              <th scope="col">Sent inside at</th>
              <th scope="col">Price</th>
            </tr>
          </thead>
          <tbody id="ticks"></tbody>
        </table>
      </section>
      ${TICKER_SCRIPT}`,
  });
}

const TICKER_SCRIPT = new Html(`<script type="module">
const state = document.querySelector('#state');
const show = (name) => { state.dataset.state = name; state.textContent = name === 'open' ? 'live' : 'connecting'; };
const source = new EventSource('/ticker/events');
source.onopen = () => show('open');
source.onerror = () => show('connecting');
source.addEventListener('tick', (event) => {
  const { number, at, price } = JSON.parse(event.data);
  document.querySelector('#value').textContent = price.toFixed(2);
  const row = document.createElement('tr');
  for (const text of [number, at.slice(11, 23), price.toFixed(2)]) row.insertCell().textContent = text;
  const rows = document.querySelector('#ticks');
  rows.prepend(row);
  if (rows.rows.length > 10) rows.deleteRow(-1);
});
</script>`);

/** Streams `event: tick` each second until the reader goes. */
export function streamTicks(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let number = 0;
  let price = 100;
  const tick = (): void => {
    number += 1;
    price = Math.max(1, price + (Math.random() - 0.5) * 2);
    const data = JSON.stringify({ number, at: new Date().toISOString(), price });
    response.write(`event: tick\nid: ${number}\ndata: ${data}\n\n`);
  };
  tick();
  const timer = setInterval(tick, TICK_MS);
  response.on('close', () => clearInterval(timer));
}
