import { readFileSync } from 'node:fs';
import { chmod, copyFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { answersWith200, freePort, isListening, startDaemon } from '../daemon.ts';
import { SMALL_PATH } from '../origin.ts';
import type { Peer, Target } from '../peer.ts';

const HOST = 'bench.test';

/** frp in http mode with its defaults: TLS on the tunnel, streams multiplexed. */
export function makeFrp(folder: string, originPort: number, transport: 'tcp' | 'websocket'): Peer {
  const name = transport === 'tcp' ? 'frp' : 'frp-ws';
  return {
    name,
    start: async () => {
      const [bindPort, port] = [await freePort(), await freePort()];
      const file = (end: string): string => path.join(folder, `${name}-${end}`);
      await writeFile(
        file('server.toml'),
        `bindAddr = "127.0.0.1"\nbindPort = ${bindPort}\nproxyBindAddr = "127.0.0.1"\nvhostHTTPPort = ${port}\n`,
      );
      await writeFile(
        file('client.toml'),
        `serverAddr = "127.0.0.1"\nserverPort = ${bindPort}\ntransport.protocol = "${transport}"\n` +
          `[[proxies]]\nname = "bench"\ntype = "http"\nlocalIP = "127.0.0.1"\nlocalPort = ${originPort}\ncustomDomains = ["${HOST}"]\n`,
      );
      const target: Target = { port, headers: { Host: HOST } };
      const server = await startDaemon(await makeExecutable('frps', folder), ['-c', file('server.toml')], {
        logFile: file('server.log'),
        isReady: () => isListening(bindPort),
      });
      const client = await startDaemon(await makeExecutable('frpc', folder), ['-c', file('client.toml')], {
        logFile: file('client.log'),
        isReady: () => answersWith200(target, SMALL_PATH),
      });
      return {
        target,
        pids: [server.pid, client.pid],
        stop: async () => {
          await client.stop();
          await server.stop();
        },
      };
    },
  };
}

/** The program from its npm package. @throws Error where the package isn't installed: it is for Linux on x64 alone */
export function findFrp(name: 'frps' | 'frpc'): string {
  return path.join(path.dirname(manifestOf(name)), name);
}

/** @throws Error where the package isn't installed */
export function frpVersion(): string {
  return (JSON.parse(readFileSync(manifestOf('frps'), 'utf8')) as { readonly version: string }).version;
}

function manifestOf(name: 'frps' | 'frpc'): string {
  return createRequire(import.meta.url).resolve(`@pkgship/${name}-linux-amd64/package.json`);
}

/** The packages' files lack the mode of a program, and node_modules isn't ours to change. */
async function makeExecutable(name: 'frps' | 'frpc', folder: string): Promise<string> {
  const program = path.join(folder, name);
  await copyFile(findFrp(name), program);
  await chmod(program, 0o700);
  return program;
}
