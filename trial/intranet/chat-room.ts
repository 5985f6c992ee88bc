import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { z } from 'zod';

const MAX_GUESTS = 200;
const MAX_BUFFERED_BYTES = 1024 * 1024;
const messageSchema = z.object({ text: z.string().min(1).max(500) });

/** Tells every guest what one of them wrote. Messages are JSON: `{text}` in, `{from, text, isOwn}` out. */
export class ChatRoom {
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: 16 * 1024 });
  #guestNumber = 0;

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#server.clients.size >= MAX_GUESTS) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (guest) => this.#welcome(guest));
  }

  close(): void {
    for (const guest of this.#server.clients) guest.close(1001, 'The intranet stops.');
    this.#server.close();
  }

  #welcome(guest: WebSocket): void {
    this.#guestNumber += 1;
    const from = `Guest ${this.#guestNumber}`;
    guest.on('error', () => guest.terminate());
    guest.on('message', (data: Buffer) => {
      const parsed = messageSchema.safeParse(parseJson(data.toString('utf8')));
      if (!parsed.success) {
        guest.close(1008, 'Send {"text": "…"} with at most 500 characters.');
        return;
      }
      for (const other of this.#server.clients) {
        if (other.bufferedAmount > MAX_BUFFERED_BYTES) other.terminate();
        else other.send(JSON.stringify({ from, text: parsed.data.text, isOwn: other === guest }));
      }
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
