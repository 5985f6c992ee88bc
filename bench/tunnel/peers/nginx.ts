import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort, isListening, startDaemon } from '../daemon.ts';
import { nginxConfiguration } from '../nginx-configuration.ts';
import type { Peer } from '../peer.ts';

/** nginx as a reverse proxy: what forwarding costs at least. */
export function makeNginx(folder: string, originPort: number, workers: number): Peer {
  return {
    name: 'nginx',
    start: async () => {
      const port = await freePort();
      const configuration = path.join(folder, 'proxy.conf');
      const body = 'location / { proxy_pass http://backend; }';
      await writeFile(configuration, nginxConfiguration({ folder, port, workers, backendPort: originPort, body }));
      const nginx = await startDaemon('nginx', ['-c', configuration, '-e', 'stderr'], {
        logFile: path.join(folder, 'nginx.log'),
        isReady: () => isListening(port),
      });
      return { target: { port, headers: { Host: 'bench.test' } }, pids: [nginx.pid], stop: () => nginx.stop() };
    },
  };
}
