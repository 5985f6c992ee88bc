import { parentPort, workerData } from 'node:worker_threads';
import { packTraffic } from '../../src-shared/connector/packed-traffic.ts';
import { ConnectorEngine } from './connector-engine.ts';
import type { EngineCommand, EngineEvent, EngineWorkerData } from './engine-messages.ts';
import { type EngineLog, makeSystemRuntime } from './engine-runtime.ts';
import { AskedRoutes } from './proxy/asked-routes.ts';

/** The entry of the worker thread that the desktop app runs the engine in; `EngineHost` is its other end. */

if (parentPort === null) throw new Error('engine-worker is the entry of a worker thread; start it with EngineHost.');
const port = parentPort;

const post = (event: EngineEvent): void => {
  port.postMessage(event);
};

const logAt =
  (level: 'debug' | 'info' | 'warn' | 'error') =>
  (fields: object, event: string): void => {
    post({ kind: 'log', level, fields: plain(fields), event });
  };
const log: EngineLog = { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') };

const { options } = workerData as EngineWorkerData;
const routes = new AskedRoutes((id, url) => post({ kind: 'routesWanted', id, url }));
let keeping: PromiseWithResolvers<void> | null = null;
const engine = new ConnectorEngine(options, {
  runtime: makeSystemRuntime(),
  log,
  findRoutes: routes.find,
  saveIdentity: async (identity) => {
    keeping = Promise.withResolvers();
    post({ kind: 'renewed', identity });
    await keeping.promise;
  },
});
engine.onState((state) => post({ kind: 'state', state }));
engine.onTraffic((records) => {
  const batch = packTraffic(records);
  port.postMessage({ kind: 'traffic', batch } satisfies EngineEvent, [batch.numbers.buffer, batch.codes.buffer]);
});
engine.onHeads((batch) => post({ kind: 'heads', batch }));

port.on('message', (command: EngineCommand) => {
  switch (command.kind) {
    case 'start':
      engine.start();
      break;
    case 'retryNow':
      engine.retryNow();
      break;
    case 'allowList':
      engine.setAllowList(command.rules);
      break;
    case 'capture':
      engine.capture(command.order, (bodies) => post({ kind: 'captured', bodies }));
      break;
    case 'routes':
      routes.answered(command.id, command.routes);
      break;
    case 'noRoutes':
      routes.failed(command.id, command.code, command.message, command.reason);
      break;
    case 'identityKept':
      if (command.problem === null) keeping?.resolve();
      else keeping?.reject(new Error(command.problem));
      break;
    case 'stop':
      void stop(command.drainMs);
      break;
  }
});

async function stop(drainMs: number): Promise<void> {
  await engine.stop({ drainMs });
  post({ kind: 'stopped' });
  port.close();
}

/** Fields as they can cross to another thread: errors as text. */
function plain(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      value instanceof Error ? (value.stack ?? value.message) : value,
    ]),
  );
}
