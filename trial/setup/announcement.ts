import { relative } from 'node:path';

import type { TrialAddresses } from './trial-addresses.ts';
import { automationScope } from './trial-admin.ts';
import type { TrialState } from './trial-state.ts';

export interface AnnouncementInput {
  readonly state: TrialState;
  readonly addresses: TrialAddresses;
  readonly isHeadless: boolean;
  /** Path of the CA to trust; null without `--tls`. */
  readonly caFile: string | null;
  readonly stateFolder: string;
  readonly pids: Readonly<Record<string, number>>;
}

/** The one line of `--json`: what a script needs to drive the trial. `externalUrl` is null until somebody publishes. */
export function describeAsJson(input: AnnouncementInput): string {
  const { state, addresses, caFile, isHeadless, pids } = input;
  const { clientId, clientSecret } = state.clients.automation;
  return JSON.stringify({
    ready: true,
    externalUrl: isHeadless ? addresses.externalUrl : null,
    serviceUrl: addresses.serviceUrl,
    intranetUrl: addresses.intranetUrl,
    adminApi: {
      baseUrl: addresses.apiBaseUrl,
      tokenEndpoint: addresses.tokenEndpoint,
      clientId,
      clientSecret,
      scope: automationScope(state),
    },
    users: state.users.map(({ name, password }) => ({ name, password })),
    ca: caFile,
    pids,
  });
}

/** The same for a person. */
export function describeAsText(input: AnnouncementInput): string {
  const { state, addresses, caFile, isHeadless, stateFolder } = input;
  const user = (name: string, note: string): string => {
    const password = state.users.find((candidate) => candidate.name === name)?.password ?? '';
    return `    ${name.padEnd(7)} ${password.padEnd(26)} ${note}`;
  };
  const lines = [
    '',
    'Postern runs on this machine.',
    '',
    ...(isHeadless
      ? [`  Open         ${addresses.externalUrl}`]
      : ['  The window   of the connector is open: its wizard is already pointed at this service.']),
    `  My apps      ${addresses.serviceUrl}/`,
    `  Admin API    ${addresses.apiBaseUrl}`,
    `  Inside       ${addresses.intranetUrl} (what only the connector should reach)`,
    ...(caFile === null ? [] : [`  Trust        ${caFile} (the CA of this trial)`]),
    '',
    '  Users',
    user('alice', isHeadless ? 'may enter the intranet' : 'assign her the intranet when you publish it'),
    user('bob', 'is not assigned, and is turned away'),
    user('admin', 'administers the service, in the desktop app'),
    '',
    '  What to try',
    ...(isHeadless
      ? [
          '    1. Open the address, sign in as alice, sign the guest book, put a file on the shelf.',
          '    2. Watch the ticker, and chat with yourself in two windows.',
          '    3. Open it in a private window as bob: he gets a page that says why not.',
        ]
      : [
          '    1. Go through the wizard: sign in as admin, publish the intranet, assign alice.',
          '    2. Open the address that the wizard shows, and sign in as alice.',
          '    3. Watch the request arrive under Traffic.',
        ]),
    '',
    `  Logs are in ${relative(process.cwd(), stateFolder) || '.'}/logs. Ctrl-C stops all of it; the next start finds it again.`,
    '',
  ];
  return lines.join('\n');
}
