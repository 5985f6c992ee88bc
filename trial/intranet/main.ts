import { Command, InvalidArgumentError } from 'commander';

import { startIntranet } from './start-intranet.ts';

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('a port is a number from 0 to 65535.');
}

/** `node trial/intranet/main.ts --port 0 --folder DIR`: runs until SIGINT or SIGTERM. */
const program = new Command('intranet')
  .description('The sample intranet of the trial.')
  .requiredOption('--port <number>', 'port on 127.0.0.1; 0 takes a free one', parsePort)
  .requiredOption('--folder <dir>', 'where uploads are kept')
  .parse();

const intranet = await startIntranet(program.opts<{ port: number; folder: string }>());
process.stdout.write(`${JSON.stringify({ event: 'intranet.ready', origin: intranet.origin })}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void intranet.close().then(() => process.exit(0));
  });
}
