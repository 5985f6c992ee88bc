import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { previewTranslation } from '../../src-main/app/translation-preview.ts';
import { BackendGuard } from '../../src-main/connector/policy/backend-guard.ts';
import { findAddresses } from '../helpers/this-machine.ts';

const EXTERNAL = 'https://intranet.apps.example.com/';
const FILLER_BYTES = 100_000;

let server: Server;
let origin: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/plain/') {
      response.setHeader('Content-Type', 'text/plain');
      response.end(`${origin}/plain/`);
      return;
    }
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Set-Cookie': ['session=secret-of-somebody; Path=/; Domain=127.0.0.1', 'postern-x=1; Path=/'],
      'Content-Location': `${origin}/start`,
    });
    response.write(
      `<a href="${origin}/a?x=1&amp;y=2">a</a><img src='${origin}/a?x=1&amp;y=2'><a href="http://elsewhere/">b</a>`,
    );
    response.end(`<!-- ${'x'.repeat(FILLER_BYTES)} -->`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  await once(server, 'close');
});

const guard = new BackendGuard([], Date.now, findAddresses);

const ask = (path: string, isTranslateHostHeaderEnabled = true) =>
  previewTranslation(
    {
      internalUrl: `${origin}${path}`,
      externalUrl: EXTERNAL,
      isTranslateHostHeaderEnabled,
      isTranslateLinksInScriptsEnabled: false,
      isCertificateValidated: true,
    },
    [],
    guard,
  );

test('B26 B27 B36 a preview tells what becomes of links, headers and cookies, and keeps the values of cookies to itself', async () => {
  const preview = await ask('/');
  expect(preview).toMatchObject({ status: 200, isTranslatable: true, bytes: 65_536, isCut: true });
  expect(preview.changes).toEqual([
    {
      where: 'set-cookie',
      before: 'session=…; Path=/; Domain=127.0.0.1',
      after: 'session=…; Path=/; Domain=intranet.apps.example.com',
      count: 1,
    },
    { where: 'set-cookie', before: 'postern-x=…; Path=/', after: null, count: 1 },
    { where: 'content-location', before: `${origin}/start`, after: `${EXTERNAL}start`, count: 1 },
    { where: 'body', before: `${origin}/a?x=1&amp;y=2`, after: `${EXTERNAL}a?x=1&amp;y=2`, count: 2 },
  ]);
});

test('B25 B26 without header translation the headers stay', async () => {
  const { changes } = await ask('/', false);
  expect(changes.some(({ where }) => where === 'content-location')).toBe(false);
});

test('B36 what is no page stays, and a backend that is away is named', async () => {
  expect(await ask('/plain/')).toMatchObject({ isTranslatable: false, changes: [] });
  await expect(
    previewTranslation(
      {
        internalUrl: 'http://127.0.0.1:1/',
        externalUrl: EXTERNAL,
        isTranslateHostHeaderEnabled: true,
        isTranslateLinksInScriptsEnabled: false,
        isCertificateValidated: true,
      },
      [],
      guard,
    ),
  ).rejects.toMatchObject({ code: 'BACKEND_REFUSED' });
});

test('B70 a preview goes nowhere that the allow-list does not name', async () => {
  guard.replace([{ hosts: ['other.corp'], addresses: [], ports: [], hours: [] }]);
  await expect(ask('/')).rejects.toMatchObject({ code: 'BACKEND_FORBIDDEN' });
  guard.replace([]);
});
