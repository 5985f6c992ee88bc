import { createReadStream } from 'node:fs';
import { truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { startChild } from '../child.ts';
import { isListening, freePort, startDaemon } from './daemon.ts';
import { nginxConfiguration } from './nginx-configuration.ts';

export const GIB = 1_073_741_824;
export const SMALL_PATH = '/small';
export const BULK_PATH = '/bulk';
export const SINK_PATH = '/sink';
export const WEB_SOCKET_PATH = '/web-socket';

/** The backend of all peers. */
export interface Origin {
  readonly port: number;
  /** A file of 1 GiB, for uploads. */
  readonly bulkFile: string;
  stop(): Promise<void>;
}

/**
 * Starts the backend: nginx serves 1 KiB at `/small` and 1 GiB at `/bulk`; behind it a process of ours swallows what comes
 * to `/sink` and holds WebSockets at `/web-socket`.
 * @param workers of nginx
 */
export async function startOrigin(folder: string, workers: number): Promise<Origin> {
  const bulkFile = path.join(folder, BULK_PATH);
  await writeFile(path.join(folder, SMALL_PATH), 'p'.repeat(1024));
  await writeFile(bulkFile, '');
  await truncate(bulkFile, GIB);
  await cache(bulkFile);
  const sink = await startChild<{ port: number }>('bench/tunnel/sink.ts', []);
  const port = await freePort();
  const configuration = path.join(folder, 'origin.conf');
  const body = `
    location = ${SMALL_PATH} { default_type text/plain; }
    location = ${BULK_PATH} { default_type application/octet-stream; }
    location / { proxy_pass http://backend; }
    root ${folder};`;
  await writeFile(configuration, nginxConfiguration({ folder, port, workers, backendPort: sink.ready.port, body }));
  const nginx = await startDaemon('nginx', ['-c', configuration, '-e', 'stderr'], {
    logFile: path.join(folder, 'origin.log'),
    isReady: () => isListening(port),
  });
  return {
    port,
    bulkFile,
    stop: async () => {
      await Promise.all([nginx.stop(), sink.stop()]);
    },
  };
}

/** Reads a file once, so that the first peer doesn't pay for bringing it into the page cache. */
async function cache(file: string): Promise<void> {
  const stream = createReadStream(file, { highWaterMark: 1_048_576 });
  stream.resume();
  await finished(stream);
}
