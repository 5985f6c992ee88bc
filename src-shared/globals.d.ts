/**
 * The WHATWG globals that Node, Electron and browsers share. This room has neither Node's nor the DOM's types, so that
 * nothing which only one of them has slips in.
 */
declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: string, options?: { readonly fatal?: boolean });
  decode(octets: Uint8Array): string;
}

declare class URL {
  constructor(url: string, base?: string);
  static canParse(url: string, base?: string): boolean;
  readonly href: string;
  readonly protocol: string;
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
  readonly origin: string;
}

/** What browsers and Node both have (HTML, section 2.7.10). */
declare function structuredClone<Value>(value: Value): Value;
