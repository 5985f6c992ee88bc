import type { Mux } from '../../src-shared/mux/mux.ts';
import {
  CONFIGURATION_PART_BYTES,
  type ConfigurationChange,
  type RejectedApplication,
} from '../../src-shared/wire/configuration-change.ts';
import type { ConfigurationAcknowledgement, ConfigurationReport } from '../../src-shared/wire/control.ts';
import { FRAME_TYPES, MAX_CONTROL_MESSAGE_BYTES } from '../../src-shared/wire/frame.ts';
import type { ConfigurationFeed, FedConfiguration } from './configuration-feed.ts';

const MIB = 1_048_576;
/** What is left of a control message for what stands around the applications. */
const ENVELOPE_BYTES = 4096;
/** Changes in a row that the connector could not place before it is sent everything. */
const MAX_UNPLACED = 2;

/** An application that a connector can't take, and why; what it had of it before stays in force. */
export interface ApplicationRejection {
  readonly applicationId: string;
  readonly displayName: string;
  readonly reason: string;
}

/** What a connector has said of its configuration by one tunnel. */
export interface ConfigurationState {
  /** Version that it has accepted last; null before the first. */
  readonly version: number | null;
  /** Why it is not as the service wants it, in one sentence; null where it is. */
  readonly problem: string | null;
  /** Applications that it can't take, the first ones. */
  readonly rejected: readonly ApplicationRejection[];
  readonly rejectedCount: number;
}

export interface ConfigurationSenderOptions {
  readonly mux: Pick<Mux, 'sendControl'>;
  readonly connectorName: string;
  /** Whether the connector is to run empty. */
  readonly isDraining: boolean;
  /** Whether the connector knows changes; an older one gets everything each time. */
  readonly knowsChanges: boolean;
  /** What the connector has already, as it says. */
  readonly heldTag: string | null;
}

/** A change on its way, part by part. */
interface Transfer {
  readonly to: FedConfiguration;
  readonly base: string | null;
  readonly parts: Iterator<PartBody, undefined>;
  /** What comes behind the part that was sent last. */
  next: IteratorResult<PartBody, undefined>;
  part: number;
}

type PartBody = Pick<ConfigurationChange, 'applications' | 'removedApplications' | 'otherUrls' | 'removedOtherUrls'>;

/**
 * Keeps one tunnel's connector at its group's configuration. One part is on its way at a time: what changes meanwhile goes out
 * together once that is answered, so a slow connector queues nothing here.
 */
export class ConfigurationSender {
  readonly #options: ConfigurationSenderOptions;
  #connectorName: string;
  #isDraining: boolean;
  #feed: ConfigurationFeed | null = null;
  /** What the connector was sent last, or says that it has. */
  #sentTag: string | null;
  #hasSent = false;
  #transfer: Transfer | null = null;
  #unplaced = 0;
  #state: ConfigurationState = { version: null, problem: null, rejected: [], rejectedCount: 0 };

  constructor(options: ConfigurationSenderOptions) {
    this.#options = options;
    this.#connectorName = options.connectorName;
    this.#isDraining = options.isDraining;
    this.#sentTag = options.heldTag;
  }

  get state(): ConfigurationState {
    return this.#state;
  }

  /** Sends what the connector lacks of the feed's configuration, now or when what is on its way has arrived. */
  publish(feed: ConfigurationFeed): void {
    this.#feed = feed;
    if (!this.#options.knowsChanges) this.#sendWhole(feed.current);
    else if (this.#transfer === null) this.#sendChange(feed);
  }

  /** The connector is called otherwise from now on, which it hears as a change of nothing else. */
  rename(connectorName: string): void {
    if (connectorName === this.#connectorName) return;
    this.#connectorName = connectorName;
    this.#hasSent = false;
    if (this.#feed !== null) this.publish(this.#feed);
  }

  /** The connector is to run empty from now on, or is not, which it hears as a change of nothing else. An older one never hears of it. */
  setDraining(isDraining: boolean): void {
    if (isDraining === this.#isDraining) return;
    this.#isDraining = isDraining;
    if (!this.#options.knowsChanges) return;
    this.#hasSent = false;
    if (this.#feed !== null) this.publish(this.#feed);
  }

  /** What the connector can't serve has changed by itself, such as by its allow-list. An answer that is awaited will say so, too. */
  onReport({ tag, rejected, rejectedCount }: ConfigurationReport): void {
    const current = this.#feed?.current;
    if (this.#transfer !== null || current === undefined || tag !== this.#sentTag || tag !== current.tag) return;
    this.#state = { ...this.#state, ...describeRejections(rejected, rejectedCount, current) };
  }

  /** Takes the connector's answer. */
  onAcknowledgement(acknowledgement: ConfigurationAcknowledgement): void {
    const { version, isAccepted, reason, part, tag, isBaseUnknown } = acknowledgement;
    const transfer = this.#transfer;
    if (!this.#options.knowsChanges || part === undefined) {
      const problem = isAccepted ? null : (reason ?? 'The connector refused it.');
      this.#state = { ...this.#state, version: isAccepted ? version : this.#state.version, problem };
      return;
    }
    if (transfer === null) return;
    if (isBaseUnknown === true && transfer.base !== null) {
      this.#unplaced += 1;
      this.#restart(this.#unplaced < MAX_UNPLACED ? (tag ?? null) : null);
    } else if (!isAccepted) {
      // Sent once more it would be refused once more: the next change is the next try.
      this.#state = { ...this.#state, problem: reason ?? 'The connector refused it.' };
      this.#transfer = null;
      this.#sentTag = tag ?? null;
    } else if (transfer.next.done === true || tag === transfer.to.tag) {
      this.#finish(transfer, acknowledgement);
    } else {
      this.#sendPart(transfer, transfer.part + 1);
    }
  }

  #finish(transfer: Transfer, { version, rejected = [], rejectedCount = 0 }: ConfigurationAcknowledgement): void {
    this.#state = { version, ...describeRejections(rejected, rejectedCount, transfer.to) };
    this.#transfer = null;
    this.#unplaced = 0;
    if (this.#feed !== null) this.#sendChange(this.#feed);
  }

  #restart(tag: string | null): void {
    this.#transfer = null;
    this.#sentTag = tag;
    this.#hasSent = false;
    if (this.#feed !== null) this.#sendChange(this.#feed);
  }

  #sendChange(feed: ConfigurationFeed): void {
    const to = feed.current;
    if (this.#hasSent && to.tag === this.#sentTag) return;
    const changes = feed.changesSince(this.#sentTag);
    const base = changes === null ? null : this.#sentTag;
    const parts =
      changes === null
        ? cut(to, to.applications.keys(), to.otherUrls.keys())
        : cut(to, changes.applications, changes.otherUrls);
    this.#hasSent = true;
    this.#sentTag = to.tag;
    this.#transfer = { to, base, parts, next: parts.next(), part: 0 };
    this.#sendPart(this.#transfer, 0);
  }

  #sendPart(transfer: Transfer, part: number): void {
    const { to, base, parts, next } = transfer;
    const body = next.done === true ? {} : next.value;
    transfer.part = part;
    transfer.next = parts.next();
    this.#options.mux.sendControl(FRAME_TYPES.CONFIG_CHANGE, {
      ...(base !== null && { base }),
      tag: to.tag,
      version: to.configuration.version,
      part,
      isLast: transfer.next.done === true,
      connectorName: this.#connectorName,
      connectorGroupName: to.configuration.connectorGroupName,
      ...(this.#isDraining && { isDraining: true }),
      ...body,
    });
  }

  #sendWhole({ configuration, tag, applications, otherUrls }: FedConfiguration): void {
    if (this.#hasSent && tag === this.#sentTag) return;
    let bytes = ENVELOPE_BYTES;
    for (const { text } of applications.values()) bytes += Buffer.byteLength(text) + 1;
    for (const { text } of otherUrls.values()) bytes += Buffer.byteLength(text) + 1;
    if (bytes > MAX_CONTROL_MESSAGE_BYTES) {
      const size = (bytes / MIB).toFixed(1);
      const problem = `The group publishes ${size} MiB, and this version of the connector takes ${MAX_CONTROL_MESSAGE_BYTES / MIB}: update it.`;
      this.#state = { ...this.#state, problem };
      return;
    }
    this.#hasSent = true;
    this.#sentTag = tag;
    this.#options.mux.sendControl(FRAME_TYPES.CONFIG, {
      ...configuration,
      connectorName: this.#connectorName,
    });
  }
}

/** The named applications and addresses as they are now, in parts; those that are gone as such. */
function* cut(
  { applications, otherUrls }: FedConfiguration,
  applicationIds: Iterable<string>,
  externalUrls: Iterable<string>,
): Generator<PartBody, undefined> {
  let part = makePart();
  let bytes = 0;
  for (const id of applicationIds) {
    const item = applications.get(id);
    if (item === undefined) part.removedApplications.push(id);
    else part.applications.push(item.value);
    bytes += item?.text.length ?? id.length;
    if (bytes < CONFIGURATION_PART_BYTES) continue;
    yield part;
    part = makePart();
    bytes = 0;
  }
  for (const url of externalUrls) {
    const item = otherUrls.get(url);
    if (item === undefined) part.removedOtherUrls.push(url);
    else part.otherUrls.push(item.value);
    bytes += item?.text.length ?? url.length;
    if (bytes < CONFIGURATION_PART_BYTES) continue;
    yield part;
    part = makePart();
    bytes = 0;
  }
  if (bytes > 0) yield part;
  return undefined;
}

function describeRejections(
  rejected: readonly RejectedApplication[],
  rejectedCount: number,
  to: FedConfiguration,
): Omit<ConfigurationState, 'version'> {
  const named = rejected.map((each) => describe(each, to));
  const [first] = named;
  const more = rejectedCount > 1 ? ` So with ${rejectedCount - 1} more.` : '';
  const problem = first === undefined ? null : `${first.displayName}: ${first.reason}${more}`;
  return { problem, rejected: named, rejectedCount };
}

function describe({ id, reason }: RejectedApplication, { applications }: FedConfiguration): ApplicationRejection {
  const application = applications.get(id)?.value;
  return {
    applicationId: application?.applicationId ?? id,
    displayName: application?.displayName ?? id,
    reason,
  };
}

function makePart(): PartBody {
  return { applications: [], removedApplications: [], otherUrls: [], removedOtherUrls: [] };
}
