import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CompiledAllowList } from '../../src-main/connector/policy/compiled-allow-list.ts';
import { isCovered } from '../../src-main/connector/policy/covered-address.ts';
import { AddressRanges } from '../../src-shared/addresses/address-ranges.ts';
import { isProtectedAddress } from '../../src-main/connector/policy/protected-addresses.ts';
import { allowListSchema, portsOf } from '../../src-shared/connector/allow-list.ts';

const NOON_MS = Date.UTC(2026, 0, 5, 12);

function compile(...rules: object[]): CompiledAllowList {
  return new CompiledAllowList(allowListSchema.parse(rules));
}

function lets(list: CompiledAllowList, hostname: string, port: number, address = hostname): boolean {
  const destination = { hostname, port };
  return (
    list.findProblem(destination, NOON_MS) === null && list.findAddressProblem(destination, address, NOON_MS) === null
  );
}

describe('B70 the allow-list', () => {
  test('without a rule lets everything through but protected addresses', () => {
    const list = compile();
    expect(lets(list, 'intranet.corp', 8080, '10.1.2.3')).toBe(true);
    expect(lets(list, '127.0.0.1', 1)).toBe(true);
    expect(lets(list, 'intranet.corp', 80, '169.254.169.254')).toBe(false);
    expect(list.findProblem({ hostname: '169.254.169.254', port: 80 }, null)?.key).toBe('allowListProtected');
  });

  test.each([
    '169.254.0.0',
    '169.254.255.255',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::169.254.169.254',
    'fe80::1',
    'fe80::1%eth0',
    'febf:ffff::1',
    'fd00:ec2::254',
    '168.63.129.16',
    '100.100.100.200',
  ])('%s is a protected address', (address) => {
    expect(isProtectedAddress(address)).toBe(true);
    expect(lets(compile(), 'name.example', 80, address)).toBe(false);
  });

  test.each([
    ['6to4', '2002:a9fe:a9fe::1'],
    ['Teredo', '2001:0:a9fe:a9fe::5efd'],
    ['Teredo', '2001:0:102:304:0:0:5601:5601'],
    ['ISATAP', 'fd00::5efe:169.254.169.254'],
    ['IPv4-compatible', '::169.254.169.254'],
    ['IPv4-translated', '::ffff:0:a9fe:a9fe'],
    ['a NAT64 of the network', '64:ff9b:1::a9fe:a9fe'],
    ['6to4', '2002:7f00:1::'],
    ['IPv4-compatible', '::127.0.0.1'],
    ['6to4', '2002:6464:64c8::'],
  ])('the form of %s, %s, led to an address that is protected, or to this machine', (_form, address) => {
    expect(isProtectedAddress(address)).toBe(true);
    expect(lets(compile(), 'name.example', 80, address)).toBe(false);
    expect(lets(compile({ addresses: ['::/0', '169.254.0.0/16', '127.0.0.0/8'] }), 'name.example', 80, address)).toBe(
      false,
    );
    // As URLs spell it.
    const own = new URL(`http://[${address}]/`).hostname.slice(1, -1);
    expect(lets(compile({ hosts: [own] }), own, 80)).toBe(true);
  });

  test.each([
    '169.253.255.255',
    '169.255.0.0',
    'fec0::1',
    'fd00:ec2::253',
    '64:ff9b::808:808',
    '10.0.0.1',
    '::1',
    '2002:808:808::',
    '::8.8.8.8',
  ])('%s is none', (address) => expect(isProtectedAddress(address)).toBe(false));

  test('a protected address is let through where it is named itself, and not by a wider range or by a name alone', () => {
    const address = '169.254.10.20';
    expect(lets(compile({ addresses: ['0.0.0.0/0', '::/0'] }), 'printer', 80, address)).toBe(false);
    expect(lets(compile({ addresses: ['169.0.0.0/8'] }), 'printer', 80, address)).toBe(false);
    expect(lets(compile({ hosts: ['printer'] }), 'printer', 80, address)).toBe(false);
    expect(lets(compile({ hosts: ['printer'], addresses: ['169.254.10.0/24'] }), 'printer', 80, address)).toBe(true);
    expect(lets(compile({ addresses: ['169.254.10.20'] }), address, 80)).toBe(true);
    expect(lets(compile({ hosts: ['169.254.10.20'] }), address, 80)).toBe(true);
    expect(lets(compile({ hosts: ['169.254.10.20'] }), '169.254.10.21', 80)).toBe(false);
  });

  test('a rule lets through what fits all that it names', () => {
    const list = compile(
      { hosts: ['intranet.corp', '*.apps.corp'], ports: [443, '8000-8099'] },
      { addresses: ['10.0.0.0/8', 'fd12::/16'], ports: [80] },
      { hosts: ['*.lab.corp'], addresses: ['192.168.7.0/24'] },
    );
    expect(lets(list, 'intranet.corp', 443, '203.0.113.1')).toBe(true);
    expect(lets(list, 'intranet.corp', 8099, '203.0.113.1')).toBe(true);
    expect(lets(list, 'intranet.corp', 8100, '203.0.113.1')).toBe(false);
    expect(lets(list, 'a.b.apps.corp', 443, '203.0.113.1')).toBe(true);
    expect(lets(list, 'apps.corp', 443, '203.0.113.1')).toBe(false);
    expect(lets(list, 'evilapps.corp', 443, '203.0.113.1')).toBe(false);
    expect(lets(list, 'other.corp', 80, '10.9.9.9')).toBe(true);
    expect(lets(list, 'other.corp', 80, '11.9.9.9')).toBe(false);
    expect(lets(list, '10.1.1.1', 80)).toBe(true);
    expect(lets(list, '10.1.1.1', 81)).toBe(false);
    expect(lets(list, 'x.lab.corp', 9, '192.168.7.7')).toBe(true);
    expect(lets(list, 'x.lab.corp', 9, '192.168.8.7')).toBe(false);
  });

  test('hours are those of their time zone', () => {
    const hours = [{ daysOfWeek: ['monday'], startTime: '08:00', endTime: '13:30', timeZone: 'Europe/Berlin' }];
    const list = compile({ hosts: ['a.corp'], hours });
    const at = (time: string): string | undefined =>
      list.findProblem({ hostname: 'a.corp', port: 80 }, Date.parse(`2026-01-05T${time}Z`))?.key;
    expect([at('06:59:59'), at('07:00:00'), at('12:29:59'), at('12:30:00')]).toEqual([
      'allowListHours',
      undefined,
      undefined,
      'allowListHours',
    ]);
    expect(list.findProblem({ hostname: 'a.corp', port: 80 }, null)).toBeNull();
  });

  test.each([
    ['*.corp', { hosts: ['*.apps.corp'] }, true],
    ['*.apps.corp', { hosts: ['*.corp'] }, true],
    ['*.apps.corp', { hosts: ['one.apps.corp'] }, true],
    ['*.apps.corp', { hosts: ['apps.corp', 'one.other.corp', '*.bapps.corp'] }, false],
    ['*.apps.corp', { addresses: ['10.0.0.0/8'] }, true],
    ['*.apps.corp', { hosts: ['*.corp'], ports: [8443] }, false],
  ])('whether any host of %s fits %o: %s', (pattern, rule, expected) => {
    expect(compile(rule).mayReachSome(pattern, 443)).toBe(expected);
  });

  test('hosts are taken as URLs spell them', () => {
    const spelt = ['Intranet.CORP.', '*.Bücher.example', '[FE80::1]', '0x7f.1', '*.corp'];
    expect(allowListSchema.parse([{ hosts: spelt }])[0]?.hosts).toEqual([
      'intranet.corp',
      '*.xn--bcher-kva.example',
      'fe80::1',
      '127.0.0.1',
      '*.corp',
    ]);
  });

  test.each([
    [{ hosts: ['http://a.corp'] }],
    [{ hosts: ['a.corp:80'] }],
    [{ hosts: ['a.*.corp'] }],
    [{ hosts: ['*'] }],
    [{ hosts: ['*.10.0.0.1'] }],
    [{ hosts: [''] }],
    [{ hosts: ['a b'] }],
    [{ addresses: ['10.0.0.0/33'] }],
    [{ addresses: ['a.corp'] }],
    [{ ports: [0] }],
    [{ ports: ['90-80'] }],
    [{ ports: ['70000'] }],
    [{ ports: ['http'] }],
    [{ hours: [{ daysOfWeek: ['monday'], timeZone: 'Berlin' }] }],
    [{}],
    [{ hostnames: ['a.corp'] }],
  ])('a rule like %o is refused', (rule) => {
    expect(allowListSchema.safeParse([rule]).success).toBe(false);
  });

  test('ranges of ports', () => {
    expect([portsOf(80), portsOf(' 8000 - 8099 '), portsOf('65535'), portsOf('1-')]).toEqual([
      [80, 80],
      [8000, 8099],
      [65_535, 65_535],
      null,
    ]);
  });
});

test('an address of IPv4 is in a network by the bits of its prefix, however IPv6 writes it', () => {
  const octet = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(
      fc.tuple(octet, octet, octet, octet),
      fc.integer({ min: 0, max: 32 }),
      fc.integer(),
      (octets, prefix, noise) => {
        const bits = octets.reduce((all, each) => all * 256 + each, 0);
        const mask = prefix === 0 ? 0 : (0xffff_ffff << (32 - prefix)) >>> 0;
        const other = (noise ^ 0) >>> 0;
        const isInside = (bits & mask) >>> 0 === (other & mask) >>> 0;
        const dotted = [24, 16, 8, 0].map((shift) => (other >>> shift) & 255).join('.');
        const ranges = new AddressRanges([`${octets.join('.')}/${prefix}`]);
        expect(isCovered(ranges, dotted)).toBe(isInside);
        expect(isCovered(ranges, `::ffff:${dotted}`)).toBe(isInside);
        expect(isCovered(ranges, `64:ff9b::${dotted}`)).toBe(isInside);
      },
    ),
  );
});
