import { type Hop, failingHop } from '../../src-shared/errors/failing-hop.ts';
import type { ErrorCode } from '../../src-shared/errors/registry.ts';
import { type SafeMarkup, markup } from './markup.ts';

/** The stations of a request as a user can picture them, in their order, with the hops at which it may stop at each. */
const STATIONS: readonly { readonly name: string; readonly hops: readonly Hop[] }[] = [
  { name: 'Your browser', hops: ['client'] },
  { name: 'Service', hops: ['service', 'sign-in', 'policy'] },
  { name: 'Connector', hops: ['connector', 'tunnel'] },
  { name: 'Application', hops: ['dns', 'connect', 'tls', 'backend'] },
];

const STOPPED_AT: Readonly<Record<Hop, string>> = {
  client: 'stopped here',
  service: 'stopped here',
  'sign-in': 'stopped at sign-in',
  policy: 'stopped by a setting',
  connector: 'stopped here',
  tunnel: 'connection broke off',
  dns: 'name not found',
  connect: 'not reached',
  tls: 'no secure connection',
  backend: 'stopped here',
};
const OWN_WORDS: Partial<Record<ErrorCode, string>> = {
  EDGE_NOT_FOUND: 'nothing published here',
  EDGE_FORBIDDEN: 'not assigned to you',
  EDGE_GROUPS_UNKNOWN: 'your groups are not known',
  EDGE_MAINTENANCE: 'in maintenance',
  EDGE_RATE_LIMITED: 'too many at once',
  EDGE_OVERLOADED: 'too many at once',
  EDGE_BODY_TOO_LARGE: 'too large',
  EDGE_NO_CONNECTOR: 'none connected',
  EDGE_HEADERS_TOO_LARGE: 'sent too much',
  BACKEND_BUSY: 'too many wait for it',
  BACKEND_TIMEOUT: 'no answer in time',
  BACKEND_RESET: 'closed the connection',
};

/** How far a request came: the station that stopped it, with the hop in words, those before and those behind. */
export function renderWay(code: ErrorCode): SafeMarkup {
  const hop = failingHop(code);
  const failedIndex = STATIONS.findIndex(({ hops }) => hops.includes(hop));
  const stations = STATIONS.map(({ name }, index) => {
    if (index === failedIndex) {
      return markup`<li class="failed"><strong>${name}</strong><span>${OWN_WORDS[code] ?? STOPPED_AT[hop]}</span></li>`;
    }
    const [className, word] = index < failedIndex ? ['passed', 'passed'] : ['beyond', 'not reached'];
    return markup`<li class="${className}"><strong>${name}</strong><span>${word}</span></li>`;
  });
  return markup`<ol class="way" aria-label="The way of your request">
    ${stations}
  </ol>`;
}
