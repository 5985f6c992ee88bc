import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { directRoutes } from '../../src-main/connector/proxy/proxy-route.ts';
import { enrol, type EnrolmentAuthorization } from '../../src-main/connector/enrolment.ts';
import type { ConnectorIdentity } from '../../src-main/connector/connector-identity.ts';
import { IdentityFile } from '../../src-main/connector/identity-file.ts';
import { remedyFor } from '../../src-main/connector/remedies.ts';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import { type ConnectorSide, startConnectorSide } from '../helpers/start-connector-side.ts';
import { findAddresses } from '../helpers/this-machine.ts';

const TOKEN: EnrolmentAuthorization = { kind: 'enrolmentToken', token: 'one-time' };

let side: ConnectorSide;
let folder: string;

beforeEach(async () => {
  side = await startConnectorSide();
  folder = await mkdtemp(path.join(tmpdir(), 'postern-enrolment-'));
});

afterEach(async () => {
  await side.stop();
  await rm(folder, { recursive: true });
});

async function enrolAt(serviceUrl: string): Promise<ConnectorIdentity> {
  return enrol({
    serviceUrl,
    authorization: TOKEN,
    displayName: 'Cellar',
    machineName: 'machine',
    version: '0.0.0',
    ways: { extraCertificates: [], findRoutes: directRoutes, findAddresses },
  });
}

async function failureOf(promise: Promise<unknown>): Promise<PosternError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof PosternError) return error;
    throw error;
  }
  throw new Error('It should have failed.');
}

test('B61 the key stays here, and what the service signed is kept beside it', async () => {
  const identity = await enrolAt(`${side.url}/`);
  expect(identity).toMatchObject({ connectorId: 'connector-1', displayName: 'Cellar', serviceUrl: side.url });
  expect(side.enrolments[0]).toMatchObject({ enrolmentToken: 'one-time', displayName: 'Cellar' });
  expect(JSON.stringify(side.enrolments)).not.toContain('PRIVATE KEY');
  const storage = new IdentityFile(path.join(folder, 'data'));
  expect(await storage.load()).toBeNull();
  await storage.save(identity);
  await storage.save(identity);
  expect(await storage.load()).toEqual(identity);
  const [file = ''] = await readdir(path.join(folder, 'data'));
  expect((await stat(path.join(folder, 'data'))).mode & 0o777).toBe(0o700);
  expect((await stat(path.join(folder, 'data', file))).mode & 0o777).toBe(0o600);
  await storage.remove();
  expect(await storage.load()).toBeNull();
});

test('an identity that was damaged is named, with the way out', async () => {
  await writeFile(path.join(folder, 'connector-identity.json'), '{"format":1}');
  const error = await failureOf(new IdentityFile(folder).load());
  expect(error.code).toBe('CONFIG_INVALID');
  expect(error.message).toContain(folder);
  expect(error.message).toContain('enrol again');
});

describe('bad input', () => {
  test.each<[string, ErrorCode]>([
    ['', 'SERVICE_ADDRESS_INVALID'],
    ['ftp://example.com', 'SERVICE_ADDRESS_INVALID'],
    ['http://[', 'SERVICE_ADDRESS_INVALID'],
    ['http://no-such-host.invalid', 'SERVICE_UNRESOLVED'],
  ])('the address %j is %s', async (address, code) => {
    const error = await failureOf(enrolAt(address));
    expect(error.code).toBe(code);
    expect(remedyFor(error.code)).not.toContain('by itself');
  });

  test('nothing listens at the address', async () => {
    const port = new URL(side.url).port;
    await side.stop();
    const error = await failureOf(enrolAt(`http://127.0.0.1:${port}`));
    await side.restart();
    expect(error.code).toBe('SERVICE_UNREACHABLE');
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('another server answers, and gets neither token nor request', async () => {
    const server = createServer((request, response) => {
      if (request.method !== 'GET') throw new Error('Nothing may be posted to a stranger.');
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>');
    });
    const error = await failureOf(enrolAt(await listen(server)));
    await closed(server);
    expect(error.code).toBe('SERVICE_NOT_POSTERN');
  });

  test('https at a port that speaks plain http', async () => {
    const error = await failureOf(enrolAt(side.url.replace('http:', 'https:')));
    expect(error.code).toBe('SERVICE_NOT_POSTERN');
  });

  test.each<[ErrorCode, number]>([
    ['ENROLMENT_TOKEN_INVALID', 401],
    ['ENROLMENT_TOKEN_EXPIRED', 401],
    ['ENROLMENT_TOKEN_USED', 401],
    ['API_RATE_LIMITED', 429],
  ])('%s of the service is told as it is', async (code, status) => {
    side.enrolmentFailure = { code, status, message: 'The words of the service.' };
    const error = await failureOf(enrolAt(side.url));
    expect(error).toMatchObject({ code, message: 'The words of the service.' });
  });
});

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
