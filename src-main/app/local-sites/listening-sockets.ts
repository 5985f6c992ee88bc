import { readdir, readFile, readlink } from 'node:fs/promises';

/** Where something listens on this machine. */
export interface ListeningSocket {
  /** IPv4 in dots, or IPv6 in eight groups. */
  readonly address: string;
  readonly port: number;
}

const LISTEN_STATE = '0A';
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
const OWN_DESCRIPTORS = '/proc/self/fd';

/** What listens on this machine, this process itself left out; null where the system has no such table (Linux alone has). */
export async function readListeningSockets(): Promise<readonly ListeningSocket[] | null> {
  const tables = await Promise.all(TABLES.map((file) => readFile(file, 'utf8').catch(() => null)));
  if (tables.every((table) => table === null)) return null;
  const own = await readOwnInodes();
  return tables.flatMap((table) => (table === null ? [] : parseSocketTable(table, own)));
}

/** The listening sockets of a table as `proc(5)` describes it. @param leftOut inodes of sockets that are not told @internal */
export function parseSocketTable(table: string, leftOut: ReadonlySet<string>): readonly ListeningSocket[] {
  const found: ListeningSocket[] = [];
  for (const line of table.split('\n').slice(1)) {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (state !== LISTEN_STATE || leftOut.has(inode)) continue;
    const told = readAddress(address);
    if (told !== null) found.push({ address: told, port: Number.parseInt(port, 16) });
  }
  return found;
}

/** Each 32 bits stand in the order of the machine; every system of ours is little-endian. */
function readAddress(hex: string): string | null {
  if (!/^(?:[0-9A-F]{8}|[0-9A-F]{32})$/i.test(hex)) return null;
  const octets = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).toReversed());
  if (octets.length === 4) return octets.map((octet) => Number.parseInt(octet, 16)).join('.');
  const isMapped = /^0{20}ffff$/i.test(octets.slice(0, 12).join(''));
  if (isMapped) {
    return octets
      .slice(12)
      .map((octet) => Number.parseInt(octet, 16))
      .join('.');
  }
  const groups = octets.join('').match(/.{4}/g) ?? [];
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}

async function readOwnInodes(): Promise<ReadonlySet<string>> {
  const names = await readdir(OWN_DESCRIPTORS).catch(() => []);
  const links = await Promise.all(names.map((name) => readlink(`${OWN_DESCRIPTORS}/${name}`).catch(() => '')));
  return new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? ''));
}
