import { AddressRanges } from '../../../src-shared/addresses/address-ranges.ts';
import { hiddenIpv4s } from '../../../src-shared/addresses/embedded-addresses.ts';
import { parseIpAddress } from '../../../src-shared/addresses/ip-address.ts';

/**
 * Where nothing is published by mistake: link-local addresses, and those where clouds answer every process of a machine with
 * its credentials (B70).
 */
export const PROTECTED_ADDRESSES = new AddressRanges([
  // Link-local (RFC 3927, RFC 4291 section 2.5.6); AWS, Azure, Google, Oracle, OpenStack: 169.254.169.254.
  '169.254.0.0/16',
  'fe80::/10',
  // AWS: instance metadata, and credentials of EKS pods.
  'fd00:ec2::254',
  'fd00:ec2::23',
  // Google, Oracle.
  'fd20:ce::254',
  'fd00:c1::a9fe:a9fe',
  // Azure's agent, Alibaba, Oracle's first.
  '168.63.129.16',
  '100.100.100.200',
  '192.0.0.192',
]);

/** This machine, which nobody reaches through a tunnel or a translator on purpose. */
const OWN_ADDRESSES = new AddressRanges(['127.0.0.0/8', '0.0.0.0/8']);

/** Whether an address is protected, or is one of IPv6 that hides such a one, or this machine, in a tunnel's or translator's form. */
export function isProtectedAddress(text: string): boolean {
  const address = parseIpAddress(text);
  if (address === null) return false;
  if (PROTECTED_ADDRESSES.has(address)) return true;
  return hiddenIpv4s(address).some((hidden) => PROTECTED_ADDRESSES.has(hidden) || OWN_ADDRESSES.has(hidden));
}
