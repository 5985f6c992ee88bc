import type { IncomingMessage } from 'node:http';

const MAX_FORM_BYTES = 64 * 1024;

/** The fields of a URL-encoded body of at most 64 KiB; the last of repeated fields wins. */
export async function readForm(request: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_FORM_BYTES) throw new Error('The form is larger than 64 KiB.');
    chunks.push(chunk);
  }
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
}
