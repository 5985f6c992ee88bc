import type { CallName, Events } from './contract.ts';

/** The Electron channel of a call. Apart from the contract, so that the preload script carries no schema library. */
export function callChannel(name: CallName): string {
  return `postern:call:${name}`;
}

/** The Electron channel of an event. */
export function eventChannel(name: keyof Events): string {
  return `postern:event:${name}`;
}
