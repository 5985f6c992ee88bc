import { request } from 'node:http';

const CHUNK = Buffer.alloc(65_536, 'p');

/** Where a transfer goes: a base address and the host to name. */
export interface Target {
  readonly url: string;
  readonly host: string;
}

/** Downloads `path` and throws the octets away. @returns how many came. */
export function download(target: Target, path: string): Promise<{ status: number; bytes: number }> {
  return new Promise((resolve, reject) => {
    request(`${target.url}${path}`, { headers: { host: target.host }, agent: false }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes }));
      response.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

/** Uploads `bytes` octets to `/sink`. @returns how many the origin says it got. */
export function upload(target: Target, bytes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { host: target.host, 'content-length': bytes };
    const upward = request(`${target.url}/sink`, { method: 'PUT', headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => resolve(Number(text)));
    }).on('error', reject);
    let left = bytes;
    const send = (): void => {
      while (left > 0) {
        const chunk = left >= CHUNK.length ? CHUNK : CHUNK.subarray(0, left);
        left -= chunk.length;
        if (!upward.write(chunk)) return;
      }
      upward.end();
    };
    upward.on('drain', send);
    send();
  });
}
