import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type { PeerName } from './peer.ts';
import { findFrp } from './peers/frp.ts';

const SERVER_FOLDERS = ['/usr/sbin', '/sbin'];

interface Requirement {
  readonly command: string;
  readonly debianPackage: string;
  readonly peers: readonly PeerName[] | 'all';
}

const REQUIREMENTS: readonly Requirement[] = [
  { command: 'nginx', debianPackage: 'nginx-light', peers: 'all' },
  { command: 'curl', debianPackage: 'curl', peers: 'all' },
  { command: 'ssh', debianPackage: 'openssh-client', peers: ['ssh'] },
  { command: 'ssh-keygen', debianPackage: 'openssh-client', peers: ['ssh'] },
  { command: 'sshd', debianPackage: 'openssh-server', peers: ['ssh'] },
];

/** Puts the folders where Debian keeps servers on this process's PATH: users' shells leave them out. */
export function findServers(): void {
  process.env['PATH'] = [process.env['PATH'] ?? '', ...SERVER_FOLDERS].join(path.delimiter);
}

/** What the system lacks for these peers, as one text with the way out; null where nothing is missing. */
export function describeLacks(peers: readonly PeerName[]): string | null {
  if (process.platform !== 'linux') return 'This benchmark reads /proc: it runs on Linux only.';
  const lacks = REQUIREMENTS.filter(
    (each) => (each.peers === 'all' || each.peers.some((peer) => peers.includes(peer))) && !isOnPath(each.command),
  );
  const lines: string[] = [];
  if (lacks.length > 0) {
    const packages = [...new Set(lacks.map(({ debianPackage }) => debianPackage))];
    lines.push(
      `This system lacks ${lacks.map(({ command }) => command).join(', ')}: sudo apt-get install ${packages.join(' ')}`,
    );
  }
  if (peers.some((peer) => peer.startsWith('frp')) && !isFrpThere()) {
    lines.push(
      'frp is missing: npm brings it on Linux on x64 unless optional packages are left out. Or leave it out with --only.',
    );
  }
  return lines.length === 0 ? null : lines.join('\n');
}

/** Whether a program is found. */
export function isOnPath(command: string): boolean {
  return (process.env['PATH'] ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function isFrpThere(): boolean {
  try {
    return findFrp('frps') !== '' && findFrp('frpc') !== '';
  } catch {
    return false;
  }
}
