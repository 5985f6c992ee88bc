import type { AcmeConfiguration } from '../../config/service-configuration.ts';
import { AcmeAuthority, type AccountKeys } from './acme-authority.ts';
import { AcmeManager, type AcmeManagerOptions } from './acme-manager.ts';
import { ChallengeResponder } from './challenge-responder.ts';

/** ACME, ready to begin. A module of its own, so that its library is loaded only where it is configured. */
export interface Acme {
  /** What the listeners answer an authority with. */
  readonly responder: ChallengeResponder;
  /** Makes what gets and renews certificates; the caller starts it. */
  makeManager(options: Omit<AcmeManagerOptions, 'authority'>): AcmeManager;
}

/** @throws PosternError `CONFIG_INVALID` when `acme.caFile` can't be read */
export function makeAcme(configuration: AcmeConfiguration, keys: AccountKeys): Acme {
  const responder = new ChallengeResponder();
  const authority = new AcmeAuthority(configuration, keys, responder);
  return { responder, makeManager: (options) => new AcmeManager({ ...options, authority }) };
}
