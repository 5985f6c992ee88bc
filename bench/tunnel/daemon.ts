import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { request as requestTls } from 'node:https';
import { connect, createServer } from 'node:net';
import { endWithThisProcess } from '../end-with-this-process.ts';
import { type Target, urlOf } from './peer.ts';

const GRACE_MS = 15_000;
const START_WITHIN_MS = 15_000;
const POLL_MS = 20;
const FIRST_PORT = 20_000;
/** Linux's own, by default (ip(7), `ip_local_port_range`). */
const FIRST_OUTGOING_PORT = 32_768;

/** A server program that a benchmark runs, with its output in a file. */
export interface Daemon {
  readonly pid: number;
  /** Ends it, by force where it doesn't end by itself. */
  stop(): Promise<void>;
}

/** Starts a program; it may open as many files as the system lets it. @throws Error when it ends before `isReady`. */
export async function startDaemon(
  command: string,
  args: readonly string[],
  options: { readonly logFile: string; readonly isReady: () => Promise<boolean> },
): Promise<Daemon> {
  const log = openSync(options.logFile, 'w');
  const raised = ['-c', 'ulimit -n "$(ulimit -Hn)"; exec "$@"', command, command, ...args];
  const child = spawn('/bin/sh', raised, { stdio: ['ignore', log, log] });
  closeSync(log);
  endWithThisProcess(child);
  const exited = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
  });
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const stop = async (): Promise<void> => {
    if (isGone()) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    await exited;
    clearTimeout(timer);
  };
  try {
    await until(`${command} is ready`, () => {
      if (isGone()) throw new Error(`${command} ended:\n${readFileSync(options.logFile, 'utf8')}`);
      return options.isReady();
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: child.pid ?? 0, stop };
}

/** Asks again and again until the answer is yes. @throws Error after 15 s */
export async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + START_WITHIN_MS;
  while (!(await isTrue())) {
    if (performance.now() > deadlineMs) throw new Error(`Waited in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Whether something listens at a port of this machine. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
      .on('connect', () => {
        socket.destroy();
        resolve(true);
      })
      .on('error', () => resolve(false));
  });
}

/** Whether a GET is answered with 200 now. */
export function answersWith200(target: Target, path: string): Promise<boolean> {
  const { headers, caFile } = target;
  const ask = caFile === undefined ? request : requestTls;
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile) };
  return new Promise((resolve) => {
    ask(urlOf(target, path), { headers, agent: false, ...ca }, (response) => {
      response.resume().on('error', () => resolve(false));
      response.on('end', () => resolve(response.statusCode === 200));
    })
      .on('error', () => resolve(false))
      .end();
  });
}

/**
 * A port of this machine that nobody uses now, for programs that can't choose one themselves or come back to theirs. It is none of
 * those that outgoing connections are given, of which a benchmark opens thousands.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * (FIRST_OUTGOING_PORT - FIRST_PORT));
    if (await canListenAt(port)) return port;
  }
}

function canListenAt(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
