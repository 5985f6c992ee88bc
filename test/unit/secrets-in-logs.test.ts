import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SecretSearch, findSecretsInLogs } from '../../scripts/secrets-in-logs.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function search(secret: string, log: string): SecretSearch {
  writeFileSync(path.join(folder, '1.secrets'), `${JSON.stringify({ kind: 'password', value: secret })}\n`);
  writeFileSync(path.join(folder, '2.log'), log);
  return findSecretsInLogs(folder);
}

const TOKEN = `eyJhbGciOiJkaXIifQ..${randomBytes(300).toString('base64url')}.${randomBytes(16).toString('base64url')}`;

describe('the search for secrets in logs', () => {
  test.each<[string, string, (secret: string) => string]>([
    ['as it is', 'grove-heron-ivory-42', (secret) => `{"msg":"user ${secret} came"}`],
    ['in base64', 'grove-heron-ivory-42', (secret) => `Basic ${Buffer.from(`client:${secret}`).toString('base64')}`],
    ['in base64, further on', 'grove-heron-ivory-42', (secret) => Buffer.from(`ab:${secret}:c`).toString('base64')],
    ['in base64url', 'grüße?>heron~~ivory', (secret) => Buffer.from(`a${secret}`).toString('base64url')],
    ['percent-encoded', 'p@ss word/+=&', (secret) => `/cb?x=${encodeURIComponent(secret)}`],
    ['in JSON', 'with "quotes" and \\', (secret) => JSON.stringify({ body: secret })],
    ['in hexadecimal', 'grove-heron', (secret) => Buffer.from(secret).toString('hex')],
    ['a long one', TOKEN, (secret) => `{"cookie":"a=b; postern-session=${secret}"}`],
    ['the beginning of a long one', TOKEN, (secret) => `{"cause":"${secret.slice(0, -100)}…"}`],
    ['the end of a long one', TOKEN, (secret) => `…${secret.slice(-60)}`],
  ])('finds one %s, and says where without telling it', (_name, secret, write) => {
    const log = `{"msg":"first"}\n${write(secret)}\n`;
    const { leaks, secrets } = search(secret, log);
    expect(leaks).toEqual([{ file: '2.log', line: 2, kind: 'password' }]);
    expect(secrets).toBe(1);
    expect(JSON.stringify(leaks)).not.toContain(secret);
  });

  test('finds any secret in any surroundings', () => {
    const secret = fc.string({ minLength: 8, maxLength: 200, unit: 'grapheme-ascii' });
    const write = fc.constantFrom<(text: string) => string>(
      (text) => text,
      (text) => Buffer.from(text).toString('base64'),
      (text) => Buffer.from(text).toString('base64url'),
      (text) => Buffer.from(text).toString('hex'),
      encodeURIComponent,
    );
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), write, (value, before, after, encode) => {
        expect(search(value, `x\n${encode(before + value + after)}\n`).leaks).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  test('finds nothing where nothing is, and what one token has in common with another is none', () => {
    const other = `eyJhbGciOiJkaXIifQ..${randomBytes(300).toString('base64url')}.${randomBytes(16).toString('base64url')}`;
    const { leaks, logBytes } = search(TOKEN, `${other}\n${randomBytes(200_000).toString('base64')}\n`);
    expect(leaks).toEqual([]);
    expect(logBytes).toBeGreaterThan(200_000);
    expect(search('short', 'short').secrets).toBe(0);
    expect(findSecretsInLogs(path.join(folder, 'absent'))).toEqual({ leaks: [], logBytes: 0, secrets: 0 });
  });
});
