import path from 'node:path';
import { ensureCertificates } from '../../../trial/setup/local-authority.ts';
import { type Child, startChild } from '../../child.ts';
import type { Peer } from '../peer.ts';

interface Copier {
  readonly port: number;
}

/**
 * Two processes of Node where Postern has two, TLS between them, that copy octets and read none: what two programs of Node add to a
 * request at least. Each connection of a user has its own way through; nothing is gathered, so with many at once Postern costs less.
 */
export function makeCopy(folder: string, originPort: number): Peer {
  return {
    name: 'copy',
    start: async () => {
      const { caFile, certificateFile, keyFile } = await ensureCertificates(path.join(folder, 'copy'), new Date());
      const connector = await start('connector', originPort, certificateFile, keyFile);
      const service = await start('service', connector.ready.port, caFile);
      return {
        target: { port: service.ready.port, headers: { Host: 'bench.test' } },
        pids: [service.pid, connector.pid],
        stop: async () => {
          await service.stop();
          await connector.stop();
        },
      };
    },
  };
}

function start(role: 'service' | 'connector', port: number, ...files: readonly string[]): Promise<Child<Copier>> {
  return startChild<Copier>('bench/tunnel/peers/copy-octets.ts', [role, String(port), ...files]);
}
