import path from 'node:path';
import { describeLacks } from '../../scripts/preflight.ts';
import { type Purpose, SERVER_FOLDER } from '../../scripts/system-requirements.ts';
import type { PeerName } from './peer.ts';
import { findFrp } from './peers/frp.ts';

/** Puts the folder where Debian keeps servers on this process's PATH. */
export function findServers(): void {
  process.env['PATH'] = [process.env['PATH'] ?? '', SERVER_FOLDER].join(path.delimiter);
}

/**
 * What the system lacks for these peers, as one text with the way out; null where nothing is missing. Nothing is installed
 * unasked: Debian starts the servers that it installs, and one of them lets people in.
 */
export async function findLacks(peers: readonly PeerName[]): Promise<string | null> {
  if (process.platform !== 'linux') return 'This benchmark reads /proc: it runs on Linux only.';
  const lines: string[] = [];
  const purposes: Purpose[] = peers.includes('ssh') ? ['bench', 'bench-ssh'] : ['bench'];
  for (const purpose of purposes) {
    const lacks = await describeLacks(purpose);
    if (lacks !== null) lines.push(`${lacks} It comes with: npm run preflight -- ${purpose}`);
  }
  if (peers.some((peer) => peer.startsWith('frp')) && !isFrpThere())
    lines.push('frp is missing: npm brings it on Linux on x64 unless optional packages are left out.');
  return lines.length === 0 ? null : [...lines, 'Or leave peers out with --only.'].join('\n');
}

function isFrpThere(): boolean {
  try {
    return findFrp('frps') !== '' && findFrp('frpc') !== '';
  } catch {
    return false;
  }
}
