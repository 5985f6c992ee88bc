import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A socket of the Internet that a process holds, as Linux tells. */
export interface ProcessSocket {
  readonly protocol: string;
  readonly isListening: boolean;
  readonly remotePort: number;
}

const LISTEN = '0A';

/** The sockets of a process; null where the system has no /proc to ask. */
export function socketsOf(pid: number): ProcessSocket[] | null {
  let descriptors: string[];
  try {
    descriptors = readdirSync(`/proc/${pid}/fd`);
  } catch {
    return null;
  }
  const inodes = new Set(descriptors.map((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1]));
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((protocol) =>
    readFileSync(`/proc/${pid}/net/${protocol}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[9] !== undefined && inodes.has(columns[9]))
      .map(([, , remote = '', state = '']) => ({
        protocol,
        isListening: state === LISTEN || protocol.startsWith('udp'),
        remotePort: Number.parseInt(remote.split(':')[1] ?? '', 16),
      })),
  );
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
