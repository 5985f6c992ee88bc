import { execFile } from 'node:child_process';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort, isListening, startDaemon } from '../daemon.ts';
import type { Peer } from '../peer.ts';

/** What sshd wants to exist when root runs it; packages make it at boot. */
const PRIVILEGE_SEPARATION_FOLDER = '/run/sshd';

/** `ssh -R` to a server of its own, with keys made for the occasion. It forwards connections and parses nothing. */
export function makeSsh(folder: string, originPort: number): Peer {
  return {
    name: 'ssh',
    start: async () => {
      const [sshPort, port] = [await freePort(), await freePort()];
      const file = (name: string): string => path.join(folder, `ssh-${name}`);
      await makeKeys(file);
      if (process.getuid?.() === 0) await mkdir(PRIVILEGE_SEPARATION_FOLDER, { recursive: true });
      await writeFile(
        file('server.conf'),
        `Port ${sshPort}\nListenAddress 127.0.0.1\nHostKey ${file('key')}\nAuthorizedKeysFile ${file('authorized')}\n` +
          `PidFile none\nUsePAM no\nStrictModes no\nPermitRootLogin prohibit-password\nPasswordAuthentication no\n`,
      );
      const server = await startDaemon('/usr/sbin/sshd', ['-D', '-e', '-f', file('server.conf')], {
        logFile: file('server.log'),
        isReady: () => isListening(sshPort),
      });
      const options = [
        'ExitOnForwardFailure=yes',
        'StrictHostKeyChecking=no',
        'UserKnownHostsFile=/dev/null',
        'IdentitiesOnly=yes',
        'BatchMode=yes',
      ].flatMap((option) => ['-o', option]);
      const forward = `127.0.0.1:${port}:127.0.0.1:${originPort}`;
      const destination = `${userInfo().username}@127.0.0.1`;
      const client = await startDaemon(
        'ssh',
        ['-F', 'none', '-N', ...options, '-i', file('key'), '-p', String(sshPort), '-R', forward, destination],
        { logFile: file('client.log'), isReady: () => isListening(port) },
      );
      return {
        target: { port, headers: { Host: 'bench.test' } },
        pids: [server.pid, client.pid],
        stop: async () => {
          await client.stop();
          await server.stop();
        },
      };
    },
  };
}

async function makeKeys(file: (name: string) => string): Promise<void> {
  await Promise.all(['key', 'key.pub'].map((name) => rm(file(name), { force: true })));
  await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file('key')]);
  await copyFile(file('key.pub'), file('authorized'));
}
