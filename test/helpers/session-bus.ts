import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { runCommand } from '../../scripts/run-command.ts';
import { type GVariant, parseGVariant } from './gvariant-text.ts';

/** A D-Bus session of its own. */
export interface SessionBus extends AsyncDisposable {
  /** For `DBUS_SESSION_BUS_ADDRESS`. */
  readonly address: string;
  /**
   * Calls a method.
   * @param args as `gdbus call` takes them: `1`, `'a string'`, `@as []`
   * @returns what it answers, one value per out-argument
   * @throws Error with what `gdbus` says
   */
  call(target: BusTarget, method: string, ...args: readonly string[]): Promise<readonly GVariant[]>;
  property(target: BusTarget, name: `${string}.${string}`): Promise<GVariant>;
}

export interface BusTarget {
  readonly name: string;
  readonly path: string;
}

/** @param environment of the bus and all that it starts: programs that are asked for by their names */
export async function startSessionBus(folder: string, environment: NodeJS.ProcessEnv): Promise<SessionBus> {
  const daemon = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1', `--address=unix:dir=${folder}`], {
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(daemon.stdout, 'data')) as [Buffer];
  const address = line.toString().trim();
  const call: SessionBus['call'] = async ({ name, path }, method, ...args) => {
    const target = ['--dest', name, '--object-path', path, '--method', method];
    const { code, output } = await runCommand('gdbus', ['call', '--address', address, ...target, '--', ...args]);
    if (code !== 0) throw new Error(`${method}: ${output.trim()}`);
    return parseGVariant(output) as readonly GVariant[];
  };
  return {
    address,
    call,
    property: async (target, name) => {
      const at = name.lastIndexOf('.');
      const wanted = [name.slice(0, at), name.slice(at + 1)];
      const [value] = await call(target, 'org.freedesktop.DBus.Properties.Get', ...wanted);
      return value ?? '';
    },
    [Symbol.asyncDispose]: () => endProcess(daemon),
  };
}

/** Ends a process that a helper started, and waits for its end. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}
