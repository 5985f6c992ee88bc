import { Html, html } from '../html.ts';
import { renderPage } from './layout.ts';

/** The room; messages travel over a WebSocket. */
export function chatPage(): string {
  return renderPage({
    title: 'Chat',
    lead: 'Everyone who has this page open sees what you write, over a WebSocket.',
    section: '/chat',
    body: html`<section class="card">
        <p class="live" id="state" data-state="connecting">connecting</p>
        <div class="log" id="log" role="log" aria-label="Messages" tabindex="0"></div>
        <form class="inline" id="form">
          <input
            name="text"
            aria-label="Message"
            placeholder="Write a message"
            maxlength="500"
            autocomplete="off"
            autofocus
          />
          <button>Send</button>
        </form>
      </section>
      ${CHAT_SCRIPT}`,
  });
}

const CHAT_SCRIPT = new Html(`<script type="module">
const state = document.querySelector('#state');
const log = document.querySelector('#log');
const form = document.querySelector('#form');
let socket;
function connect() {
  socket = new WebSocket(new URL('/chat/socket', location.href.replace(/^http/, 'ws')));
  socket.onopen = () => { state.dataset.state = 'open'; state.textContent = 'connected'; };
  socket.onclose = () => {
    state.dataset.state = 'connecting'; state.textContent = 'connecting';
    setTimeout(connect, 1000);
  };
  socket.onmessage = ({ data }) => {
    const { from, text, isOwn } = JSON.parse(data);
    const bubble = document.createElement('div');
    bubble.className = isOwn ? 'bubble own' : 'bubble';
    const name = document.createElement('b');
    name.textContent = isOwn ? 'You' : from;
    bubble.append(name, text);
    log.append(bubble);
    while (log.childElementCount > 200) log.firstElementChild.remove();
    log.scrollTop = log.scrollHeight;
  };
}
connect();
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const text = form.elements.text.value.trim();
  if (text === '' || socket.readyState !== WebSocket.OPEN) return;
  socket.send(JSON.stringify({ text }));
  form.elements.text.value = '';
});
</script>`);
