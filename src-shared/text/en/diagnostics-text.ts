import type { SelfTestCheck, SelfTestStep } from '../../ipc/diagnostics-models.ts';

const checks: Readonly<Record<SelfTestCheck, string>> = {
  proxy: 'Outbound proxy',
  resolve: 'Name of the service',
  connect: 'Connection',
  tls: 'Encryption and certificate',
  service: 'Service',
  clock: 'Clock',
  signIn: 'Your sign-in',
  tunnel: 'WebSocket',
  canary: 'Probe',
  engine: 'Engine and tunnels',
  certificate: 'Certificate of the connector',
  keyStore: 'Key store',
  history: 'History of traffic',
  disk: 'Disk space',
};

const outcomes: Readonly<Record<SelfTestStep['outcome'], string>> = {
  passed: 'passed',
  warned: 'works, look at it',
  failed: 'failed',
  skipped: 'not tried',
};

/** What to do where a check did not pass. */
const remedies: Readonly<Record<SelfTestCheck, string>> = {
  proxy: 'Have the proxy let this machine out to the service, or correct the proxy (Settings, Outbound proxy).',
  resolve: 'Check the name, and the DNS servers of this machine.',
  connect: 'Let this machine out to that address and port in the firewall.',
  tls: 'Have the certificate put right, or add its authority to the trust store of this machine.',
  service: 'Check that the service runs, and that this is its address.',
  clock: 'Set the clock of this machine; let it follow a time server.',
  signIn: 'Sign in with an account that has a role at the service. The connector serves without.',
  tunnel: 'Let WebSocket connections to the service through the firewall or proxy.',
  canary: 'See that no firewall or proxy holds open WebSocket connections back.',
  engine:
    'Look at the log of the engine (Logs). Resume the connector if it is paused; enrol it again if it was revoked.',
  certificate: 'Enrol the connector again (Settings, Disconnect) before it ends.',
  keyStore: 'Set up a key store of the operating system, such as GNOME Keyring or KWallet; then enrol again.',
  history: 'Look whether the disk is full or worn. Requests are served all the same.',
  disk: 'Free some space: history and logs are not written on a full disk.',
};

/** What the checks of this machine found. */
const findings = {
  notEnrolled: 'This machine is not enrolled.',
  paused: 'The connector is paused.',
  silent: 'The engine has not spoken yet.',
  crashed: (message: string) => `The engine crashed: ${message}`,
  crashedBefore: (found: string, message: string) => `${found}. It crashed before: ${message}`,
  tunnels: (up: number, all: number, served: number) =>
    `${up} of ${all} tunnels stand, ${served} ${served === 1 ? 'application' : 'applications'}`,
  expired: (date: string) => `Expired on ${date}`,
  validUntil: (date: string, days: number) => `Valid until ${date}, ${days} ${days === 1 ? 'day' : 'days'}`,
  noKeyStore: 'This machine has no key store: the key is in a file that your account alone may read.',
  keyStoreWorks: 'Something was sealed and opened again.',
  historyDamaged: (reason: string) => `It was damaged, and a new one was begun: ${reason}`,
  historyEmpty: 'It can be read, and is empty.',
  historyWorks: 'It can be read.',
  free: (size: string) => `${size} free`,
};

/** The page “Diagnostics”. */
export const diagnosticsText = {
  subtitle: 'What is wrong, where, and what to do about it',
  sections: 'Parts of the diagnostics',
  tabs: { why: 'Why did this fail?', selfTest: 'Self-test', logs: 'Logs', bundle: 'Support bundle' },
  selfTest: {
    title: 'Self-test',
    intro: 'Goes the way to the service hop by hop, then looks at this machine. It changes nothing.',
    run: 'Run the self-test',
    again: 'Run it again',
    running: 'Testing…',
    failed: 'The self-test could not be run',
    copy: 'Copy details',
    list: 'Findings',
    checks,
    outcomes,
    remedies,
    findings,
    allPassed: 'Everything is as it should be.',
    problems: (count: number) => (count === 1 ? '1 thing needs a look.' : `${count} things need a look.`),
  },
  logs: {
    title: 'Logs',
    search: 'Search the log',
    level: 'Least level',
    source: 'Of',
    levels: { debug: 'Everything', info: 'Without details', warn: 'Warnings and errors', error: 'Errors' },
    levelShort: { debug: 'debug', info: 'info', warn: 'warning', error: 'error' },
    sources: { all: 'App and engine', app: 'App', engine: 'Engine' },
    follow: 'Follow',
    openFolder: 'Open the folder',
    list: 'Lines of the log',
    none: 'No line matches. Older ones are in the folder alone.',
    empty: 'Nothing was logged yet.',
    count: (shown: string, all: string) => `${shown} of ${all} lines`,
    countNewest: (shown: string, all: string) => `${shown} of the newest ${all} lines`,
    failed: 'The log could not be read',
    copyLine: 'Copy the line',
    wholeLine: 'The whole line',
    closeLine: 'Close the line',
  },
  bundle: {
    title: 'Support bundle',
    intro:
      'One zip file for whoever helps you: state, settings, self-test, figures, the last failures and the logs. Keys, tokens, cookies, passwords and queries are struck out, and so are users. It does name hosts and addresses of your network: look through it first.',
    make: 'Make a bundle',
    makeAgain: 'Make it anew',
    making: 'Putting it together…',
    failed: 'The bundle could not be made',
    save: 'Save as zip…',
    saving: 'Saving…',
    saved: (file: string) => `Saved as ${file}`,
    saveFailed: 'The bundle could not be saved',
    files: 'Files in the bundle',
    preview: (name: string) => `Preview of ${name}`,
    cut: 'It goes on; this is its beginning.',
  },
};
