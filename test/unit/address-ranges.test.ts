import { BlockList, SocketAddress, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressRanges } from '../../src-shared/addresses/address-ranges.ts';
import { hiddenIpv4s } from '../../src-shared/addresses/embedded-addresses.ts';
import { mappedIpv4, parseIpAddress } from '../../src-shared/addresses/ip-address.ts';

const octet = fc.integer({ min: 0, max: 255 });
const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
/** Few different groups, so that addresses are often near each other. */
const group = fc.oneof(fc.constantFrom(0, 1, 0xffff, 0xfe80, 0x2002, 0x5efe), fc.integer({ min: 0, max: 0xffff }));
const groups = fc.array(group, { minLength: 8, maxLength: 8 });
const written = (each: readonly number[]): string => each.map((one) => one.toString(16)).join(':');
const ipv6 = fc.oneof(
  groups.map(written),
  // As it is written mostly.
  groups.map((each) => new SocketAddress({ address: written(each), family: 'ipv6' }).address),
  ipv4.map((address) => `::ffff:${address}`),
  fc.tuple(groups, ipv4).map(([each, address]) => `${written(each.slice(0, 6))}:${address}`),
);
const address = fc.oneof(ipv4, ipv6);
const familyOf = (text: string): 'ipv4' | 'ipv6' => (isIP(text) === 6 ? 'ipv6' : 'ipv4');

test('what is an address is what Node takes for one', () => {
  const scraps = fc.constantFrom(
    '0',
    '1',
    '01',
    '255',
    '256',
    '.',
    ':',
    '::',
    'ffff',
    '12345',
    'g',
    '%',
    '%eth0',
    '-',
    ' ',
  );
  const texts = fc.oneof(
    address,
    fc.array(scraps, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(texts, (text) => {
      // A zone may have any characters for us.
      fc.pre(!text.includes('%'));
      expect(parseIpAddress(text) !== null).toBe(isIP(text) !== 0);
    }),
    { numRuns: 2000 },
  );
  for (const text of ['fe80::1%eth0', 'fe80::1%0']) expect(parseIpAddress(text)).toEqual(parseIpAddress('fe80::1'));
  for (const text of ['fe80::1%', '10.0.0.1%eth0', '%eth0', ':::', '1::2::3', '::1.2.3.4:5']) {
    expect(parseIpAddress(text)).toBeNull();
  }
});

test('an address is in a range for us where it is for Node', () => {
  fc.assert(
    fc.property(
      address,
      address,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.boolean(),
      (start, other, share, isNear) => {
        const family = familyOf(start);
        const bits = family === 'ipv6' ? 128 : 32;
        const prefix = Math.round(share * bits);
        const list = new BlockList();
        list.addSubnet(start, prefix, family);
        const asked = isNear ? start : other;
        const ranges = new AddressRanges([`${start}/${prefix}`]);
        expect(ranges.has(asked)).toBe(list.check(asked, familyOf(asked)));
        const alone = new BlockList();
        alone.addAddress(start, family);
        expect(new AddressRanges([start]).has(asked)).toBe(alone.check(asked, familyOf(asked)));
      },
    ),
    { numRuns: 2000 },
  );
});

test('ranges within others', () => {
  const outer = new AddressRanges(['10.0.0.0/8', 'fe80::/10', '192.0.2.1']);
  const inner = new AddressRanges(['10.1.0.0/16', '0.0.0.0/0', '11.0.0.1', 'fe80::1', '::/0', '192.0.2.0/24']).within(
    outer,
  );
  const holds = ['10.1.2.3', '10.2.0.0', '11.0.0.1', 'fe80::1', 'fe80::2', '192.0.2.1'].map((each) => inner.has(each));
  expect(holds).toEqual([true, false, false, true, false, false]);
  expect(outer.within(new AddressRanges([])).isEmpty).toBe(true);
});

test('what is no range holds nothing', () => {
  for (const text of [
    '',
    '/',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    'name',
    '10.0.0/8',
  ]) {
    expect(new AddressRanges([text]).isEmpty).toBe(true);
  }
});

describe('an address of IPv4 that one of IPv6 hides', () => {
  const hex = (bits: number): string => `${(bits >>> 16).toString(16)}:${(bits & 0xffff).toString(16)}`;
  const last = (bits: number): readonly (readonly [form: string, text: string])[] => [
    ['6to4', `2002:${hex(bits)}::1`],
    ['Teredo, its client', `2001:0:102:304:0:0:${hex(~bits >>> 0)}`],
    ['Teredo, its server', `2001:0:${hex(bits)}::`],
    ['ISATAP', `fd00::5efe:${hex(bits)}`],
    ['ISATAP, not private', `2001:db8::200:5efe:${hex(bits)}`],
    ['IPv4-translated', `::ffff:0:${hex(bits)}`],
    ['NAT64', `64:ff9b::${hex(bits)}`],
    ['NAT64 of a network', `64:ff9b:1::${hex(bits)}`],
    ['IPv4-compatible', `::${hex(bits)}`],
  ];

  test('is found in every form', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 0xffff_ffff }), (bits) => {
        for (const [form, text] of last(bits)) {
          const parsed = parseIpAddress(text);
          const hidden = parsed === null ? [] : hiddenIpv4s(parsed);
          expect([form, text, hidden]).toEqual([form, text, expect.arrayContaining([mappedIpv4(bits)])]);
        }
      }),
    );
  });

  test.each(['::', '::1', '10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', 'fe80::1', 'fd00:ec2::254'])(
    'is none in %s',
    (text) => {
      const parsed = parseIpAddress(text);
      expect(parsed && hiddenIpv4s(parsed)).toEqual([]);
    },
  );
});
