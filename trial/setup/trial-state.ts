import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { providerClientsSchema, providerUserSchema } from '../identity-provider/provider-configuration.ts';
import { makeTrialUsers } from '../trial-users.ts';
import { TrialError } from './trial-error.ts';

const port = z.number().int().min(1).max(65_535);

const trialStateSchema = z.strictObject({
  version: z.literal(1),
  isTls: z.boolean(),
  tenantId: z.guid(),
  apiId: z.guid(),
  clients: providerClientsSchema,
  users: z.array(providerUserSchema),
  /** What the last start used. */
  ports: z
    .strictObject({ service: port, operations: port, identityProvider: port, intranet: port })
    .partial()
    .default({}),
  /** The published intranet, once it is. */
  intranetApplicationId: z.string().optional(),
  /** Address of the service at which the headless connector enrolled. */
  enrolledAt: z.string().optional(),
});
/** What the trial remembers between starts, beside what the service and the others keep themselves. */
export type TrialState = z.infer<typeof trialStateSchema>;

/** Folders and files of a trial, under `--state`. */
export interface TrialPaths {
  readonly stateFile: string;
  readonly serviceFile: string;
  readonly serviceData: string;
  readonly providerFile: string;
  readonly providerState: string;
  readonly intranetFolder: string;
  readonly connectorFolder: string;
  readonly desktopFolder: string;
  readonly tlsFolder: string;
  readonly logsFolder: string;
}

export function trialPaths(folder: string): TrialPaths {
  return {
    stateFile: join(folder, 'trial.json'),
    serviceFile: join(folder, 'service.yaml'),
    serviceData: join(folder, 'service'),
    providerFile: join(folder, 'identity-provider.json'),
    providerState: join(folder, 'identity-provider-state.json'),
    intranetFolder: join(folder, 'intranet'),
    connectorFolder: join(folder, 'connector'),
    desktopFolder: join(folder, 'desktop'),
    tlsFolder: join(folder, 'tls'),
    logsFolder: join(folder, 'logs'),
  };
}

/**
 * Finds the state of the last start, or makes a new one with its own tenant, secrets and passwords.
 * @throws TrialError when the state can't be read, or was made with the other setting of `--tls`
 */
export function openTrialState(folder: string, isTls: boolean, isReset: boolean): TrialState {
  const paths = trialPaths(folder);
  if (isReset) removeTrial(paths);
  mkdirSync(paths.logsFolder, { recursive: true, mode: 0o700 });
  const stored = readState(paths.stateFile);
  if (!stored) return makeState(isTls);
  if (stored.isTls !== isTls) {
    const [was, is] = stored.isTls ? ['with', 'without'] : ['without', 'with'];
    throw new TrialError(
      `The trial in ${folder} was set up ${was} --tls, and its addresses would change ${is} it. ` +
        'Start as before, begin anew with --reset, or use another folder with --state.',
    );
  }
  return stored;
}

/** Writes the state, mode 0600: it holds the passwords of the trial's users. */
export function saveTrialState(folder: string, state: TrialState): void {
  const { stateFile } = trialPaths(folder);
  writeFileSync(`${stateFile}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${stateFile}.new`, stateFile);
}

/** Removes what a trial writes and nothing else, in case `--state` names a folder with other things in it. */
function removeTrial(paths: TrialPaths): void {
  for (const path of Object.values(paths)) rmSync(path, { recursive: true, force: true });
}

function readState(file: string): TrialState | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return trialStateSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new TrialError(`The state of the trial in ${file} can't be read. Begin anew with --reset.`, { cause: error });
  }
}

function makeState(isTls: boolean): TrialState {
  const secret = (): string => randomBytes(24).toString('base64url');
  return {
    version: 1,
    isTls,
    tenantId: randomUUID(),
    apiId: randomUUID(),
    clients: {
      service: { clientId: randomUUID(), clientSecret: secret(), serviceUrls: [] },
      desktop: { clientId: randomUUID() },
      automation: { clientId: randomUUID(), clientSecret: secret(), apiRoles: ['Application.Administrator'] },
    },
    users: makeTrialUsers(),
    ports: {},
  };
}
