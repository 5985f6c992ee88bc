import type { RelayHost } from '../../src-service/relay/relay-types.ts';

/** What a relay's host says where no certificate is ever due. */
export const noRenewals: Pick<RelayHost, 'renewCertificate' | 'takeUpCertificate'> = {
  renewCertificate: async () => ({ reason: 'Nothing is renewed here.', renewInSeconds: 1_000_000 }),
  takeUpCertificate: async () => 'taken',
};
