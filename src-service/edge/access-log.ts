import type { Logger } from 'pino';
import { failingHop } from '../../src-shared/errors/failing-hop.ts';
import { errorDefinition } from '../../src-shared/errors/registry.ts';
import type { EdgeExchange } from './edge-exchange.ts';

const MAX_TEXT_LENGTH = 512;

/** Takes lines of the log whose members are JSON already. */
export interface InfoLines {
  /** Adds a line at `info`. @param members `,"name":value…` */
  add(members: string, event: string, nowMs: number): void;
}

const EVENT = 'edge.request';
/** What JSON does not hold as it is, and all that is no ASCII. */
const NOT_PLAIN = /[^\x20\x21\x23-\x5b\x5d-\x7e]/;

const MAX_KNOWN_VALUES = 1024;
const MAX_KNOWN_LENGTH = 128;

/** Members of one name whose values come again and again, so that each need not be looked through in every line. */
class KnownMembers {
  readonly #name: string;
  readonly #members = new Map<string, string>();

  constructor(name: string) {
    this.#name = name;
  }

  of(value: string | null): string {
    if (value === null) return `,"${this.#name}":null`;
    return this.#members.get(value) ?? this.#add(value);
  }

  #add(value: string): string {
    const json = JSON.stringify(value);
    const member = `,"${this.#name}":${json}`;
    if (value.length > MAX_KNOWN_LENGTH) return member;
    if (this.#members.size >= MAX_KNOWN_VALUES) this.#members.clear();
    // A text of its own: the value may be a part of its request's head.
    this.#members.set(JSON.parse(json) as string, member);
    return member;
  }
}

const methods = new KnownMembers('method');
const hosts = new KnownMembers('host');
const applicationIds = new KnownMembers('applicationId');
const userIds = new KnownMembers('userId');

/**
 * Writes the one line of a request when it is over. Holds no query, no cookie and no header (B72). Of a request that failed
 * it names code, hop and cause (B45); where an operator should look, it is a warning.
 */
export class AccessLog {
  readonly #log: Logger;
  readonly #lines: InfoLines | null;

  /** @param lines takes the lines at `info` in place of `log`, at a third of the cost; null where there is no such thing */
  constructor(log: Logger, lines: InfoLines | null) {
    // Its lines are made of fields that hold no secret: going through them again costs a tenth of the request.
    this.#log = log.child({}, { redact: [] });
    this.#lines = lines;
  }

  write(exchange: EdgeExchange, nowMs: number): void {
    const { errorCode } = exchange.record;
    const isInfo = errorCode === null || errorDefinition(errorCode).audience === 'user';
    if (isInfo && this.#lines !== null) this.#lines.add(membersOf(exchange, nowMs), EVENT, nowMs);
    else if (isInfo) this.#log.info(fieldsOf(exchange, nowMs), EVENT);
    else this.#log.warn(fieldsOf(exchange, nowMs), EVENT);
  }
}

function fieldsOf(exchange: EdgeExchange, nowMs: number): object {
  const { request, record, activityId, startedAtMs, application } = exchange;
  const { userId, errorCode, errorCause, policy, reportedPolicies } = record;
  return {
    activityId,
    method: request.method,
    host: request.headers.host,
    path: pathOf(exchange),
    status: exchange.status,
    durationMs: nowMs - startedAtMs,
    isUpgrade: exchange.isUpgrade,
    isComplete: exchange.isComplete,
    applicationId: application?.id ?? null,
    userId,
    errorCode,
    hop: errorCode === null ? null : failingHop(errorCode),
    errorCause: errorCause === null ? null : shortened(errorCause),
    ...(policy !== null && { policy }),
    ...(reportedPolicies.length > 0 && { reportedPolicies }),
  };
}

/** The same as JSON. */
function membersOf(exchange: EdgeExchange, nowMs: number): string {
  const { request, record, activityId, startedAtMs, application } = exchange;
  const { userId, errorCode, errorCause, policy, reportedPolicies } = record;
  const { host } = request.headers;
  // Joined, since each step of a growing text would be an object of its own.
  const members = [',"activityId":"', activityId, '"'];
  if (request.method !== undefined) members.push(methods.of(request.method));
  if (host !== undefined) members.push(hosts.of(host));
  members.push(',"path":', quoted(pathOf(exchange)));
  members.push(`,"status":${exchange.status},"durationMs":${nowMs - startedAtMs}`);
  members.push(exchange.isUpgrade ? ',"isUpgrade":true' : ',"isUpgrade":false');
  members.push(exchange.isComplete ? ',"isComplete":true' : ',"isComplete":false');
  members.push(applicationIds.of(application?.id ?? null), userIds.of(userId));
  if (errorCode === null) members.push(',"errorCode":null,"hop":null');
  else members.push(`,"errorCode":"${errorCode}","hop":"${failingHop(errorCode)}"`);
  if (errorCause === null) members.push(',"errorCause":null');
  else members.push(',"errorCause":', quoted(shortened(errorCause)));
  if (policy !== null) members.push(',"policy":', quoted(policy));
  if (reportedPolicies.length > 0) members.push(',"reportedPolicies":', JSON.stringify(reportedPolicies));
  return members.join('');
}

function quoted(text: string): string {
  return NOT_PLAIN.test(text) ? JSON.stringify(text) : `"${text}"`;
}

function pathOf({ request }: EdgeExchange): string {
  const { url = '' } = request;
  const end = url.indexOf('?');
  return shortened(end === -1 ? url : url.slice(0, end));
}

function shortened(text: string): string {
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
}
