import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ensureCertificates } from '../../trial/setup/local-authority.ts';
import { choosePorts } from '../../trial/setup/trial-ports.ts';
import { openTrialState, saveTrialState } from '../../trial/setup/trial-state.ts';

const DAY_MS = 86_400_000;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-setup-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the certificates of --tls', () => {
  test('are of a CA of their own, for the names of this machine, and stay until a week before they end', async () => {
    const files = await ensureCertificates(folder, new Date());
    const ca = new X509Certificate(readFileSync(files.caFile));
    const leaf = new X509Certificate(readFileSync(files.certificateFile));
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(leaf.checkIssued(ca)).toBe(true);
    expect([ca.ca, leaf.ca]).toEqual([true, false]);
    expect(leaf.checkHost('localhost')).toBe('localhost');
    expect(leaf.checkHost('intranet.postern.localhost')).toBeDefined();
    expect(leaf.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(leaf.checkHost('example.com')).toBeUndefined();
    expect(statSync(files.keyFile).mode & 0o777).toBe(0o600);

    const serial = (): string => new X509Certificate(readFileSync(files.certificateFile)).serialNumber;
    await ensureCertificates(folder, new Date(Date.now() + 380 * DAY_MS));
    expect(serial()).toBe(leaf.serialNumber);
    await ensureCertificates(folder, new Date(Date.now() + 395 * DAY_MS));
    expect(serial()).not.toBe(leaf.serialNumber);
  });
});

describe('the ports of the trial', () => {
  test('are free and all different, and remembered ones are kept', async () => {
    const first = await choosePorts({}, {});
    expect(new Set(Object.values(first)).size).toBe(4);
    expect(await choosePorts({}, first)).toEqual(first);
  });

  test('that are taken are named with the ways out; the operations listener moves by itself', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    try {
      await expect(choosePorts({}, { service: port })).rejects.toThrow(/at the last start is taken.*--port.*--reset/);
      await expect(choosePorts({ intranet: port }, {})).rejects.toThrow(/of the intranet is taken.*--intranet-port/);
      expect((await choosePorts({}, { operations: port })).operations).not.toBe(port);
    } finally {
      server.close();
    }
  });
});

describe('the state of the trial', () => {
  test('is found again, belongs to one setting of --tls, and --reset forgets nothing but it', () => {
    const made = openTrialState(folder, false, false);
    saveTrialState(folder, made);
    expect(openTrialState(folder, false, false)).toEqual(made);
    expect(() => openTrialState(folder, true, false)).toThrow(/without --tls.*--reset.*--state/);
    const other = path.join(folder, 'mine.txt');
    writeFileSync(other, 'mine');
    const anew = openTrialState(folder, true, true);
    expect(anew.tenantId).not.toBe(made.tenantId);
    expect(existsSync(other)).toBe(true);
  });

  test('that cannot be read is told with the way out', () => {
    writeFileSync(path.join(folder, 'trial.json'), '{"version":9}');
    expect(() => openTrialState(folder, false, false)).toThrow(/trial\.json can't be read.*--reset/);
  });
});
