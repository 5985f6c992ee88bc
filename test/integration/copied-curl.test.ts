import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeBodies } from '../../src-main/app/capture/describe-bodies.ts';
import { toCurl } from '../../src-renderer/features/traffic/to-curl.ts';
import type { TrafficHeads } from '../../src-shared/connector/traffic-heads.ts';
import type { TrafficRecord } from '../../src-shared/connector/traffic-record.ts';
import { redactHeaders } from '../../src-shared/connector/redact-headers.ts';
import { redactUrl } from '../../src-shared/connector/redact-url.ts';
import { runTool } from '../helpers/run-tool.ts';
import { type RawBackend, startRawBackend } from '../helpers/start-raw-backend.ts';

/** What “Copy as curl” gives, pasted into real shells: the application gets the request again as it was. */

let backend: RawBackend;
beforeAll(async () => {
  backend = await startRawBackend();
});
afterAll(() => backend.close());

interface Seen {
  readonly method?: string;
  readonly path?: string;
  /** `name, value, …` */
  readonly headers?: readonly string[];
  readonly body?: string | Uint8Array;
  readonly isCaptured?: boolean;
}

function copy({ method = 'GET', path = '/', headers = [], body = '', isCaptured = true }: Seen): string {
  const octets = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const url = redactUrl(`${backend.url}${path}`);
  const record = { method, url, requestBytes: octets.length, isUpgrade: false } as TrafficRecord;
  const heads: TrafficHeads = { sequence: 1, request: redactHeaders(headers), response: null };
  const request = { octets, totalBytes: octets.length };
  const bodies = describeBodies(
    { sequence: 1, request, response: { octets: new Uint8Array(0), totalBytes: 0 } },
    heads,
  );
  return toCurl({ record, heads, body: isCaptured ? bodies.request : null });
}

async function paste(shell: string, command: string): Promise<RawBackend['requests'][number]> {
  const before = backend.requests.length;
  const { code, stderr } = await runTool(shell, ['-c', command.replace('curl ', 'curl --silent --show-error ')]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(backend.requests.length).toBe(before + 1);
  const request = backend.requests[before];
  if (request === undefined) throw new Error('Nothing came.');
  return request;
}

describe.each(['sh', 'bash'])('a request that was copied as curl, in %s', (shell) => {
  test('is no pattern of several requests, and no command: the target comes as it was', async () => {
    const path = `/{a,b}/[1-3]/../it's?q=$HOME&w=\`id\`&e=$(id)&r="x"&t=!!&token=hunter2`;
    const { path: got } = await paste(shell, copy({ path }));
    expect(got).toBe(path.replace('hunter2', '[secret]'));
  });

  test('has the headers that it had, without its secrets', async () => {
    const headers = ['Host', 'intranet.corp', 'Accept-Language', "de, it's", 'X-Empty', '', 'Cookie', 'a=hunter2'];
    const { lines } = await paste(shell, copy({ headers: [...headers, 'Authorization', 'Bearer hunter2'] }));
    expect(lines).toEqual(
      expect.arrayContaining([
        'Host: intranet.corp',
        "Accept-Language: de, it's",
        'X-Empty:',
        'Cookie: a=[secret]',
        'Authorization: Bearer [secret]',
      ]),
    );
    expect(lines.join('\n')).not.toContain('hunter2');
  });

  test('has no type of content that it had not, and a length where it was empty', async () => {
    const { lines, body } = await paste(shell, copy({ method: 'POST' }));
    expect(body).toBe('');
    expect(lines.join('\n')).toMatch(/content-length: 0/i);
    expect(lines.join('\n')).not.toMatch(/content-type/i);
  });

  test.each([
    ['a file’s name', '@/etc/hostname'],
    ['what a shell would read', `it's $HOME "x" \`id\` \\n %s !!\nsecond line\n`],
    ['lines as a form has them', '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--\r\n'],
    ['the end of a paste, and a command', '\u{1b}[201~\u{3}\ntouch /tmp/postern-pasted\n'],
    ['other letters', 'Grüße, 漢字 🙂'],
    ['octets that are no text', Uint8Array.from({ length: 256 }, (_, octet) => octet)],
  ])('sends the captured body once more: %s', async (_what, body) => {
    const command = copy({
      method: 'PUT',
      body,
      headers: ['Content-Type', 'text/plain; charset=utf-8'].slice(typeof body === 'string' ? 0 : 2),
    });
    // Nothing of it acts on a terminal.
    expect(command).not.toMatch(/[^\P{Cc}\n]/u);
    const request = await paste(shell, command);
    expect(request.method).toBe('PUT');
    expect(Buffer.from(request.body, 'latin1')).toEqual(Buffer.from(body));
  });

  test('says where a body was that is not known', async () => {
    const unknown = { method: 'PATCH', body: 'x'.repeat(200_000) };
    for (const seen of [unknown, { ...unknown, body: 'x', isCaptured: false }]) {
      expect((await paste(shell, copy(seen))).body).toBe('[body]');
    }
  });
});
