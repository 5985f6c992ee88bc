import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { z } from 'zod';

import type { ApplicationPatch } from '../../src-shared/publishing/application.ts';
import { keepLog, rememberSecret } from './test-log.ts';

const ROOT = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

const readyLineSchema = z.strictObject({
  ready: z.literal(true),
  externalUrl: z.url(),
  serviceUrl: z.url(),
  intranetUrl: z.url(),
  adminApi: z.strictObject({
    baseUrl: z.url(),
    tokenEndpoint: z.url(),
    clientId: z.string(),
    clientSecret: z.string(),
    scope: z.string(),
  }),
  users: z.array(z.strictObject({ name: z.string(), password: z.string() })),
  ca: z.string().nullable(),
  pids: z.record(z.string(), z.number().int().positive()),
});

/** What `npm start -- --headless --json` prints. */
export type TrialReadyLine = z.infer<typeof readyLineSchema>;

export interface StartTrialOptions {
  /** Kept by the caller; a fresh folder that `stop` removes where absent. */
  readonly stateFolder?: string;
  readonly arguments?: readonly string[];
}

export interface StartedTrial {
  readonly ready: TrialReadyLine;
  readonly stateFolder: string;
  /** Every line of standard output so far. */
  readonly lines: readonly string[];
  password(user: string): string;
  /** Publishes with nothing but the printed values: a token by client credentials, then one POST. Passthru, unless said. */
  publish(name: string, internalUrl: string, application?: ApplicationPatch): Promise<PublishedTrialApp>;
  /** Its exit code, once it has ended by itself or been stopped. */
  readonly ended: Promise<number | null>;
  /** Ends it as Ctrl-C does; what it answers is its exit code. */
  stop(): Promise<number | null>;
}

export interface PublishedTrialApp {
  readonly id: string;
  readonly externalUrl: string;
}

/** Runs the trial as a person does, headless, in a process of its own. The caller stops it. */
export async function startTrial(options: StartTrialOptions = {}): Promise<StartedTrial> {
  const stateFolder = options.stateFolder ?? mkdtempSync(path.join(tmpdir(), 'postern-trial-'));
  const args = ['scripts/run.mjs', 'start', '--headless', '--json', '--state', stateFolder];
  const child = spawn(process.execPath, [...args, ...(options.arguments ?? [])], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let diagnosis = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    diagnosis += text;
    keepLog(text);
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => resolve(code));
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  const firstLine = new Promise<string>((resolve) => {
    reader.on('line', (line) => {
      lines.push(line);
      resolve(line);
    });
  });
  const stop = async (): Promise<number | null> => {
    if (child.exitCode === null) child.kill('SIGINT');
    const code = await ended;
    keepTrialLogs(stateFolder);
    if (options.stateFolder === undefined) rmSync(stateFolder, { recursive: true, force: true });
    return code;
  };
  const line = await Promise.race([firstLine, ended]);
  if (typeof line !== 'string') {
    await stop();
    throw new Error(`The trial ended with code ${line} before it was ready:\n${diagnosis}`);
  }
  const ready = readyLineSchema.parse(JSON.parse(line));
  rememberSecret('client secret', ready.adminApi.clientSecret);
  for (const { password } of ready.users) rememberSecret('password', password);

  return {
    ready,
    stateFolder,
    lines,
    ended,
    stop,
    password: (user) => ready.users.find(({ name }) => name === user)?.password ?? '',
    publish: async (name, internalUrl, application = {}) => {
      const token = await fetchToken(ready);
      const external = new URL(ready.externalUrl);
      external.hostname = `${name}.postern.localhost`;
      const answer = await fetch(`${ready.adminApi.baseUrl}/applications`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          displayName: name,
          ...application,
          onPremisesPublishing: {
            externalUrl: external.href,
            internalUrl,
            allowIpHosts: true,
            externalAuthenticationType: 'passthru',
            ...application.onPremisesPublishing,
          },
        }),
      });
      if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`);
      const { id } = z.object({ id: z.string() }).parse(await answer.json());
      return { id, externalUrl: external.href };
    },
  };
}

/** What the programs of the trial logged. */
function keepTrialLogs(stateFolder: string): void {
  for (const file of globSync('logs/*.log', { cwd: stateFolder })) {
    keepLog(readFileSync(path.join(stateFolder, file), 'utf8'));
  }
}

/** An access token for the admin API, as a script would get it. */
export async function fetchToken({ adminApi }: TrialReadyLine): Promise<string> {
  const answer = await fetch(adminApi.tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: adminApi.clientId,
      client_secret: adminApi.clientSecret,
      scope: adminApi.scope,
    }),
  });
  return z.object({ access_token: z.string() }).parse(await answer.json()).access_token;
}
