import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';

import { randomBytesStream } from '../../trial/intranet/random-bytes.ts';
import { startIntranet } from '../../trial/intranet/start-intranet.ts';
import type { RunningIntranet } from '../../trial/intranet/start-intranet.ts';

const MIB = 1024 * 1024;
const folder = mkdtempSync(path.join(tmpdir(), 'postern-intranet-'));
let intranet: RunningIntranet;

beforeAll(async () => {
  intranet = await startIntranet({ port: 0, folder, maxTotalBytes: 12 * MIB });
});
afterAll(async () => {
  await intranet.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Uploads noise as a multipart form that is made while it is sent. */
function upload(sizeBytes: number, name: string): Promise<Response> {
  const boundary = 'postern-test';
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n`;
  const body = Readable.from(
    (async function* parts() {
      yield Buffer.from(head);
      yield* randomBytesStream(sizeBytes) as AsyncIterable<Buffer>;
      yield Buffer.from(`\r\n--${boundary}--\r\n`);
    })(),
  );
  const init = {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, accept: 'application/json' },
    body,
    duplex: 'half',
  };
  // The DOM's types know neither a Node stream as a body nor the `duplex` that Node asks for with one.
  return fetch(`${intranet.origin}/files`, init as unknown as RequestInit);
}

async function noiseHash(sizeBytes: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of randomBytesStream(sizeBytes)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

describe('the sample intranet', () => {
  test('links to people by its own absolute address', async () => {
    const text = await (await fetch(intranet.origin)).text();
    expect(text).toContain(`href="${intranet.origin}/people/alice-archer"`);
    const person = await fetch(`${intranet.origin}/people/alice-archer`);
    expect(await person.text()).toContain('2041');
  });

  test('remembers the name of whoever signs the guest book, and redirects to an absolute address', async () => {
    const name = 'Zoë <b>';
    const answer = await fetch(`${intranet.origin}/guest-book`, {
      method: 'POST',
      body: new URLSearchParams({ name, message: 'Hello' }),
      redirect: 'manual',
    });
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`${intranet.origin}/guest-book`);
    const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
    const page = await (await fetch(`${intranet.origin}/guest-book`, { headers: { cookie } })).text();
    expect(page).toContain('Welcome back, Zoë &#60;b&#62;');
    expect(page).not.toContain('<b>Zoë');
  });

  test('streams a file to its shelf and back with the same hash; the oldest make room', async () => {
    const first = await upload(5 * MIB, 'a.bin');
    expect(first.status).toBe(201);
    const stored = (await first.json()) as { url: string; sha256: string; sizeBytes: number };
    expect(stored).toMatchObject({ sizeBytes: 5 * MIB, sha256: await noiseHash(5 * MIB) });
    const back = await fetch(`${intranet.origin}${stored.url}`);
    const hash = createHash('sha256').update(Buffer.from(await back.arrayBuffer()));
    expect(hash.digest('hex')).toBe(stored.sha256);
    await (await upload(5 * MIB, 'b.bin')).text();
    await (await upload(5 * MIB, 'c.bin')).text();
    expect((await fetch(`${intranet.origin}${stored.url}`)).status).toBe(404);
  });

  test('refuses a file that is larger than the shelf and keeps nothing of it', async () => {
    const before = readdirSync(folder).toSorted();
    // A server that answers early may close before it has read all: then there is no answer to read.
    const status = await upload(40 * MIB, 'big.bin').then(
      (answer) => answer.status,
      () => 413,
    );
    expect(status).toBe(413);
    await expect.poll(() => readdirSync(folder).toSorted()).toEqual(before);
  });

  test('makes files of any size, to the byte', async () => {
    const answer = await fetch(`${intranet.origin}/files/random?bytes=1000003`);
    expect(answer.headers.get('content-length')).toBe('1000003');
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(await noiseHash(1_000_003));
    expect((await fetch(`${intranet.origin}/files/random?bytes=-1`)).status).toBe(400);
  });

  test('ticks over server-sent events', async () => {
    const abort = new AbortController();
    const answer = await fetch(`${intranet.origin}/ticker/events`, { signal: abort.signal });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value)).toMatch(/^event: tick\nid: 1\ndata: \{"number":1,/);
    abort.abort();
  });

  test('carries a chat between two guests, and closes on what is no message', async () => {
    const connect = async (): Promise<WebSocket> => {
      const guest = new WebSocket(`${intranet.origin.replace('http', 'ws')}/chat/socket`);
      await new Promise((resolve, reject) => {
        guest.once('open', resolve).once('error', reject);
      });
      return guest;
    };
    const [alice, bob] = [await connect(), await connect()];
    const heard = new Promise<string>((resolve) => {
      bob.once('message', (data: Buffer) => resolve(data.toString('utf8')));
    });
    alice.send(JSON.stringify({ text: 'hello' }));
    expect(JSON.parse(await heard)).toMatchObject({ text: 'hello', isOwn: false });
    const closed = new Promise<number>((resolve) => {
      alice.once('close', resolve);
    });
    alice.send('nonsense');
    expect(await closed).toBe(1008);
    bob.terminate();
  });
});
