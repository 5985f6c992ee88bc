import { configurationChangeSchema, MAX_NAMED_REJECTIONS } from '../../src-shared/wire/configuration-change.ts';
import type { ConfigurationAcknowledgement, ConfigurationReport } from '../../src-shared/wire/control.ts';
import { decodeUtf8 } from '../../src-shared/wire/octets.ts';
import { type HeldConfiguration, type StagedChange, wholeConfigurationSchema } from './held-configuration.ts';
import { parseControl } from '../../src-shared/wire/parse-control.ts';

const MAX_REASON_LENGTH = 2048;

/** Takes the configurations that come by one tunnel, and says how each is to be answered. */
export class ConfigurationReceiver {
  readonly #held: HeldConfiguration;
  readonly #isAlone: () => boolean;
  /** Whether this tunnel has brought a configuration yet. */
  #isConfigured = false;
  #staged: StagedChange | null = null;

  /** @param isAlone whether no other tunnel of the connector stands */
  constructor(held: HeldConfiguration, isAlone: () => boolean) {
    this.#held = held;
    this.#isAlone = isAlone;
  }

  /** Takes a CONFIG: all of a configuration, as services send it that know no changes. */
  whole(payload: Uint8Array): ConfigurationAcknowledgement {
    try {
      const configuration = parseControl('CONFIG', wholeConfigurationSchema, payload);
      const { version } = configuration;
      this.#held.replace(configuration, this.#mayGoBack);
      this.#isConfigured = true;
      const [first] = this.#held.rejected;
      if (first === undefined) return { version, isAccepted: true };
      return { version, isAccepted: false, reason: `${first.displayName.slice(0, 256)}: ${first.reason}` };
    } catch (error) {
      return { version: wholeNumber(payload, 'version'), isAccepted: false, reason: reasonOf(error) };
    }
  }

  /** Takes a part of a CONFIG_CHANGE. */
  change(payload: Uint8Array): ConfigurationAcknowledgement {
    try {
      const change = parseControl('CONFIG_CHANGE', configurationChangeSchema, payload);
      const { version, part } = change;
      const outcome = this.#held.change(change, payload.length, this.#staged, this.#mayGoBack);
      this.#staged = outcome.kind === 'staged' ? outcome.staged : null;
      if (outcome.kind === 'held') this.#isConfigured = true;
      const isBaseUnknown = outcome.kind === 'baseUnknown';
      return {
        version,
        isAccepted: !isBaseUnknown,
        part,
        ...this.#whatIsHeld(),
        ...(isBaseUnknown && { isBaseUnknown }),
      };
    } catch (error) {
      this.#staged = null;
      const place = { version: wholeNumber(payload, 'version'), part: wholeNumber(payload, 'part') };
      return { ...place, isAccepted: false, reason: reasonOf(error), ...this.#whatIsHeld() };
    }
  }

  /** What can't be served now; null where the service never named what is here. */
  report(): ConfigurationReport | null {
    const { tag, rejected = [], rejectedCount = 0 } = this.#whatIsHeld();
    return tag === undefined || !this.#isConfigured ? null : { tag, rejected, rejectedCount };
  }

  #whatIsHeld(): Pick<ConfigurationAcknowledgement, 'tag' | 'rejected' | 'rejectedCount'> {
    const { tag, rejected } = this.#held;
    const named = rejected.slice(0, MAX_NAMED_REJECTIONS).map(({ id, reason }) => ({ id, reason }));
    return {
      ...(tag !== null && { tag }),
      ...(named.length > 0 && { rejected: named, rejectedCount: rejected.length }),
    };
  }

  /** A lower version counts as the first of a session while no other tunnel is up: a service that began to count anew. */
  get #mayGoBack(): boolean {
    return !this.#isConfigured && this.#isAlone();
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, MAX_REASON_LENGTH) : 'It could not be read.';
}

/** A number that a message names, however wrong the rest of it is. */
function wholeNumber(payload: Uint8Array, name: 'version' | 'part'): number {
  try {
    const value: unknown = JSON.parse(decodeUtf8(payload));
    const number: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : 0;
    return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : 0;
  } catch {
    return 0;
  }
}
