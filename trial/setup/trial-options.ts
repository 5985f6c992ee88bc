import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import { Command, InvalidArgumentError } from 'commander';

/** What the command line of `npm start` says. */
export interface TrialOptions {
  readonly stateFolder: string;
  readonly isHeadless: boolean;
  readonly isJson: boolean;
  readonly isTls: boolean;
  readonly isReset: boolean;
  /** Ports that were asked for; absent ones are remembered from the last start, or free ones. */
  readonly ports: Partial<Record<TrialPortName, number>>;
}

export type TrialPortName = 'service' | 'operations' | 'identityProvider' | 'intranet';

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('a port is a number from 1 to 65535.');
}

function hasDisplay(environment: NodeJS.ProcessEnv): boolean {
  if (process.platform !== 'linux') return true;
  return [environment['DISPLAY'], environment['WAYLAND_DISPLAY']].some((name) => name !== undefined && name !== '');
}

/** Reads the arguments; `--help` prints and exits, a wrong one exits with its message and code 1. */
export function readTrialOptions(argv: readonly string[], environment: NodeJS.ProcessEnv): TrialOptions {
  const command = new Command('npm start --')
    .description(
      'Runs Postern on this machine: the service, a stand-in identity provider, a sample intranet, and a connector ' +
        '(the desktop app where there is a display).',
    )
    .option('--headless', 'no window: enrol a headless connector and publish the intranet by itself')
    .option('--json', 'one line of JSON on standard output when all is ready; everything else goes to standard error')
    .option('--tls', 'https everywhere, with a certificate authority made for this trial')
    .option('--state <dir>', 'folder that keeps the trial between starts', '.postern')
    .option('--reset', 'forget what earlier starts left in that folder')
    .option('--port <number>', 'port of the service', parsePort)
    .option('--idp-port <number>', 'port of the identity provider', parsePort)
    .option('--intranet-port <number>', 'port of the sample intranet', parsePort)
    .addHelpText(
      'after',
      '\nPorts are free ones at the first start, and the same again at the next. All listen on 127.0.0.1.',
    )
    .parse(argv);
  const flags = command.opts<{
    headless?: boolean;
    json?: boolean;
    tls?: boolean;
    state: string;
    reset?: boolean;
    port?: number;
    idpPort?: number;
    intranetPort?: number;
  }>();
  return {
    stateFolder: resolve(flags.state),
    isHeadless: flags.headless === true || !hasDisplay(environment),
    isJson: flags.json === true,
    isTls: flags.tls === true,
    isReset: flags.reset === true && existsSync(resolve(flags.state)),
    ports: {
      ...(flags.port === undefined ? {} : { service: flags.port }),
      ...(flags.idpPort === undefined ? {} : { identityProvider: flags.idpPort }),
      ...(flags.intranetPort === undefined ? {} : { intranet: flags.intranetPort }),
    },
  };
}
