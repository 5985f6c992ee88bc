import { AddressRanges } from './address-ranges.ts';

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
