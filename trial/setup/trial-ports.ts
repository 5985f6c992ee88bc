import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { TrialError } from './trial-error.ts';
import type { TrialPortName } from './trial-options.ts';

export type TrialPorts = Readonly<Record<TrialPortName, number>>;

const NAMES: Readonly<Record<TrialPortName, { readonly title: string; readonly flag: string | null }>> = {
  service: { title: 'service', flag: '--port' },
  operations: { title: "service's operations listener", flag: null },
  identityProvider: { title: 'identity provider', flag: '--idp-port' },
  intranet: { title: 'intranet', flag: '--intranet-port' },
};

/**
 * The ports of this start: the ones asked for, else the remembered ones, else free ones.
 * @throws TrialError when one that was asked for or remembered is taken
 */
export async function choosePorts(
  asked: Partial<Record<TrialPortName, number>>,
  remembered: { readonly [Name in TrialPortName]?: number | undefined },
): Promise<TrialPorts> {
  const chosen = new Map<TrialPortName, number>();
  for (const name of Object.keys(NAMES) as TrialPortName[]) {
    const { title, flag } = NAMES[name];
    const port = asked[name] ?? remembered[name];
    const isTaken = port !== undefined && (await tryPort(port)) === null;
    // Nobody has written down where the operations listener was: any port serves.
    if (isTaken && flag !== null) {
      const kind = asked[name] === undefined ? 'that it had at the last start ' : '';
      throw new TrialError(
        `Port ${port} of the ${title} ${kind}is taken; perhaps a trial already runs in this folder. ` +
          `Stop what uses it, choose another with ${flag} NUMBER, or begin anew with --reset.`,
      );
    }
    chosen.set(name, port !== undefined && !isTaken ? port : await freePort(new Set(chosen.values())));
  }
  return Object.fromEntries(chosen) as Record<TrialPortName, number>;
}

async function freePort(except: ReadonlySet<number>): Promise<number> {
  for (;;) {
    const port = await tryPort(0);
    if (port === null) throw new TrialError('No port is free on 127.0.0.1.');
    if (!except.has(port)) return port;
  }
}

/** Listens for a moment. The port, or null where it is taken. */
function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => {
      const { port: found } = server.address() as AddressInfo;
      server.close(() => resolve(found));
    });
  });
}
