import { isIP } from 'node:net';
import { AddressRanges } from '../../src-shared/addresses/address-ranges.ts';
import { type ForwardedHop, parseForwarded, parseForwardedFor, plainAddress, schemeOf } from './forwarded-chain.ts';

/** What the edge believes about who sent a request. */
export interface ClientAddress {
  /** Address of the user's client. */
  readonly remoteAddress: string;
  readonly scheme: 'http' | 'https';
  /** The nodes on the way, the client's first: what a trusted proxy told, then our peer (B28). */
  readonly chain: readonly string[];
  /** Whether the connection is the client's own, not one of a proxy that may carry many clients. */
  readonly isDirect: boolean;
}

/** What a request says about the way that it came, as it came; several fields of a name joined by `, `. */
export interface ToldByProxies {
  readonly 'x-forwarded-for'?: string | string[] | undefined;
  readonly 'x-forwarded-proto'?: string | string[] | undefined;
  readonly forwarded?: string | string[] | undefined;
}

/**
 * Upstream proxies (load balancers) whose `X-Forwarded-For` and `X-Forwarded-Proto`, or else `Forwarded` (RFC 7239), are
 * believed (B28). From anyone else these headers are worth nothing.
 */
export class TrustedProxies {
  readonly #ranges: AddressRanges;

  /** @param entries addresses or networks in CIDR notation; others are refused by the configuration's schema */
  constructor(entries: readonly string[]) {
    this.#ranges = new AddressRanges(entries);
  }

  /** Whether the other end of a connection is one of them. */
  isTrusted(peerAddress: string): boolean {
    return !this.#ranges.isEmpty && this.#ranges.has(plainAddress(peerAddress));
  }

  /**
   * Reads who sent a request.
   *
   * @param peerAddress address of the other end of the connection
   * @param isEncrypted whether that connection is TLS
   */
  resolve(peerAddress: string, isEncrypted: boolean, told: ToldByProxies): ClientAddress {
    const peer = plainAddress(peerAddress);
    const ownScheme = isEncrypted ? 'https' : 'http';
    if (!this.isTrusted(peer)) {
      return { remoteAddress: peer, scheme: ownScheme, chain: [peer], isDirect: true };
    }
    const hops = hopsOf(told);
    // The last address that is no proxy of ours: what stands before it could be the client's own invention, and so could
    // what stands before a node that hides itself.
    let remoteAddress = peer;
    let scheme: ForwardedHop['scheme'] = null;
    for (const hop of hops.toReversed()) {
      if (isIP(hop.node) === 0) break;
      ({ node: remoteAddress, scheme } = hop);
      if (!this.#ranges.has(remoteAddress)) break;
    }
    const forwardedProto = textOf(told['x-forwarded-proto']).split(',').at(-1) ?? '';
    return {
      remoteAddress,
      scheme: schemeOf(forwardedProto) ?? scheme ?? ownScheme,
      chain: [...hops.map(({ node }) => node), peer],
      isDirect: false,
    };
  }
}

function hopsOf(told: ToldByProxies): ForwardedHop[] {
  const forwardedFor = told['x-forwarded-for'];
  if (forwardedFor !== undefined) return parseForwardedFor(textOf(forwardedFor));
  return told.forwarded === undefined ? [] : parseForwarded(textOf(told.forwarded));
}

function textOf(value: string | string[] | undefined): string {
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
}
