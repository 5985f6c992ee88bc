import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { PeerName } from './peer.ts';
import { frpVersion } from './peers/frp.ts';

const VERSION = /\d+\.\d+[\w.]*/;

/** What was compared and with what: versions by program. */
export async function findVersions(peers: readonly PeerName[]): Promise<Record<string, string>> {
  const versions = { node: process.version, wrk: await ask('wrk', '-v'), nginx: await ask('nginx', '-v') };
  return {
    ...versions,
    ...(peers.some((peer) => peer.startsWith('frp')) && { frp: frpVersion() }),
    ...(peers.includes('ssh') && { ssh: await ask('ssh', '-V') }),
  };
}

/** Some print it to standard error, and one ends with 1 behind it. */
async function ask(program: string, argument: string): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(program, [argument]).catch(
    (error: unknown) => error as { readonly stdout: string; readonly stderr: string },
  );
  return VERSION.exec(stdout + stderr)?.[0] ?? 'unknown';
}
