import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from './make-certificate.ts';

/** Pebble, the ACME server for tests, with a DNS of its own in which every name is this machine. */
export interface Pebble {
  readonly directoryUrl: string;
  /** What vouches for the directory: a PEM file, as `acme.caFile` wants it. */
  readonly caFile: string;
  /** The root of what it issues, PEM. */
  readonly root: string;
  close(): Promise<void>;
}

export interface PebbleOptions {
  /** Where the service answers `tls-alpn-01` and `http-01`. */
  readonly tlsPort: number;
  readonly httpPort: number;
  readonly validitySeconds: number;
  /** Takes accounts only with an external binding. */
  readonly externalAccount?: { readonly keyId: string; readonly hmacKey: string };
  /** Names for which it issues nothing. */
  readonly blocked?: readonly string[];
}

export async function startPebble(options: PebbleOptions): Promise<Pebble> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-pebble-'));
  const [port, managementPort, dnsPort, dnsManagementPort] = await freePorts(4);
  const { cert, key } = await makeCertificate(['localhost'], ['127.0.0.1']);
  const caFile = join(folder, 'certificate.pem');
  writeFileSync(caFile, cert);
  writeFileSync(join(folder, 'key.pem'), key);
  const { externalAccount, blocked = [] } = options;
  const configuration = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${managementPort}`,
    certificate: 'certificate.pem',
    privateKey: 'key.pem',
    httpPort: options.httpPort,
    tlsPort: options.tlsPort,
    certificateValidityPeriod: options.validitySeconds,
    externalAccountBindingRequired: externalAccount !== undefined,
    ...(externalAccount && { externalAccountMACKeys: { [externalAccount.keyId]: externalAccount.hmacKey } }),
    domainBlocklist: blocked,
  };
  writeFileSync(join(folder, 'pebble.json'), JSON.stringify({ pebble: configuration }));
  const dns = spawn(
    'pebble-challtestsrv',
    [
      ...['-dns01', `127.0.0.1:${dnsPort}`, '-defaultIPv6', '', '-management', `127.0.0.1:${dnsManagementPort}`],
      ...['-http01', '', '-https01', '', '-tlsalpn01', ''],
    ],
    { stdio: 'ignore' },
  );
  const server = spawn('pebble', ['-config', 'pebble.json', '-dnsserver', `127.0.0.1:${dnsPort}`, '-strict'], {
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_AUTHZREUSE: '0', PEBBLE_WFE_NONCEREJECT: '20' },
  });
  const root = await until(() => fetchText(`https://127.0.0.1:${managementPort}/roots/0`, cert), server);
  return {
    directoryUrl: `https://localhost:${port}/dir`,
    caFile,
    root,
    close: async () => {
      await Promise.all([end(server), end(dns)]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Ports that nobody listens at now, for programs that want to be told one. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill();
  await closed;
}

async function until(attempt: () => Promise<string>, child: ChildProcess): Promise<string> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (child.exitCode !== null) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function fetchText(url: string, ca: string): Promise<string> {
  const request = get(url, { ca, agent: false });
  const [response] = await once(request, 'response');
  return Buffer.concat(await response.toArray()).toString();
}
