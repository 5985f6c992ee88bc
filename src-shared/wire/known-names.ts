import { octetsOf, readOctets } from './octets.ts';

/** Names that clients and servers use are few; whoever makes names up costs the others a look at theirs, once. */
const MAX_NAMES = 1024;
const MAX_NAME_LENGTH = 64;

/** Keeps what header names say, by their spelling, so that each need not be looked at in every message. */
export class KnownNames<Facts> {
  readonly #describe: (name: string) => Facts;
  readonly #facts = new Map<string, Facts>();

  /** @param describe a pure function; it gets a name that holds on to no message */
  constructor(describe: (name: string) => Facts) {
    this.#describe = describe;
  }

  /** @param name octets, one character each */
  of(name: string): Facts {
    return this.#facts.get(name) ?? this.#add(name);
  }

  #add(name: string): Facts {
    if (name.length > MAX_NAME_LENGTH) return this.#describe(name);
    // The name is a slice, which would keep the text of its whole message.
    const copy = readOctets(octetsOf(name), 0, name.length);
    const facts = this.#describe(copy);
    if (this.#facts.size >= MAX_NAMES) this.#facts.clear();
    this.#facts.set(copy, facts);
    return facts;
  }
}
