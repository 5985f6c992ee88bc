import { describe, expect, test } from 'vitest';
import { parseSocketTable } from '../../src-main/app/local-sites/listening-sockets.ts';
import { findIconUrl, sniffImage } from '../../src-main/app/local-sites/read-page.ts';
import { listSiteCandidates } from '../../src-main/app/local-sites/site-candidates.ts';
import type { AllowRule } from '../../src-shared/connector/allow-list.ts';
import { BackendGuard } from '../../src-main/connector/policy/backend-guard.ts';
import { emptyDraft, withSite } from '../../src-renderer/features/applications/application-draft.ts';
import { findAddresses } from '../helpers/this-machine.ts';

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 101 1 0000000000000000 100 0 0 10 0
   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 102 1 0000000000000000 100 0 0 10 0
   2: 0100007F:8000 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 103 1 0000000000000000 100 0 0 10 0
   3: 0100007F:2328 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 104 1 0000000000000000 100 0 0 10 0
   4: broken
`;
const TABLE_6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 201 1 0000000000000000 100 0 0 10 0
   1: 0000000000000000FFFF00000100007F:0FA0 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 202 1 0000000000000000 100 0 0 10 0
   2: B80D0120000000000000000005000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 203 1 0000000000000000 100 0 0 10 0
`;

describe('what listens on this machine', () => {
  test('is read from the tables of the system: who listens, the app itself left out', () => {
    expect(parseSocketTable(TABLE, new Set(['104']))).toEqual([
      { address: '127.0.0.1', port: 8080 },
      { address: '0.0.0.0', port: 80 },
    ]);
    expect(parseSocketTable(TABLE_6, new Set())).toEqual([
      { address: '0:0:0:0:0:0:0:1', port: 3000 },
      { address: '127.0.0.1', port: 4000 },
      { address: '2001:db8:0:0:0:0:0:5', port: 8080 },
    ]);
  });

  const candidates = async (
    sockets: readonly { address: string; port: number }[] | null,
    limit = 10,
    rules: readonly AllowRule[] = [],
  ) =>
    listSiteCandidates({
      ownAddresses: ['127.0.0.1', '192.168.1.5', '169.254.7.7', 'fe80::1', '2001:db8::5'],
      leftOutPorts: new Set([8443]),
      limit,
      guard: new BackendGuard(rules, Date.now, findAddresses),
      readSockets: () => Promise.resolve(sockets),
    });

  test('is asked at addresses of this machine alone, the likeliest first', async () => {
    const found = await candidates([
      { address: '127.0.0.1', port: 40_000 },
      { address: '0.0.0.0', port: 8080 },
      { address: '0:0:0:0:0:0:0:0', port: 8080 },
      { address: '192.168.1.5', port: 8081 },
      { address: '2001:db8:0:0:0:0:0:5', port: 8082 },
      { address: '10.9.9.9', port: 80 },
      { address: '169.254.7.7', port: 80 },
      { address: '127.0.0.1', port: 5432 },
      { address: '127.0.0.1', port: 22 },
      { address: '0.0.0.0', port: 8443 },
    ]);
    expect(found).toEqual([
      { address: '127.0.0.1', port: 8080, host: 'localhost' },
      { address: '192.168.1.5', port: 8081, host: '192.168.1.5' },
      { address: '2001:db8:0:0:0:0:0:5', port: 8082, host: '[2001:db8::5]' },
      { address: '127.0.0.1', port: 40_000, host: 'localhost' },
    ]);
  });

  test('B70 is not asked where the allow-list of the machine does not name it', async () => {
    const sockets = [8080, 8081].map((port) => ({ address: '127.0.0.1', port }));
    const found = await candidates(sockets, 10, [{ hosts: ['localhost'], addresses: [], ports: [8081], hours: [] }]);
    expect(found.map(({ port }) => port)).toEqual([8081]);
  });

  test('is guessed where the system does not say, never beyond the limit', async () => {
    const found = await candidates(null, 40);
    expect(found).toHaveLength(40);
    expect(new Set(found.map(({ address }) => address))).toEqual(new Set(['127.0.0.1', '192.168.1.5']));
  });
});

describe('a page that is offered', () => {
  test('names its icon, or has it at the usual place', () => {
    const at = (html: string): string => findIconUrl(html, 'http://localhost:80/a/b');
    expect(at(`<link rel="stylesheet" href="x.css"><LINK REL='shortcut icon' href=i.png?a=1&amp;b=2>`)).toBe(
      'http://localhost/a/i.png?a=1&b=2',
    );
    expect(at('<link rel="icon" href="//elsewhere.example/i.png">')).toBe('http://elsewhere.example/i.png');
    expect(at('<p>none</p>')).toBe('http://localhost/favicon.ico');
  });

  test('has an icon by what it is, not by what it is called', () => {
    expect(sniffImage(Buffer.from('89504e470d0a1a0a', 'hex'))).toBe('image/png');
    expect(sniffImage(Buffer.from('0000010001', 'hex'))).toBe('image/x-icon');
    expect(sniffImage(Buffer.from('<?xml version="1.0"?>\n<!-- a --><svg xmlns="…">'))).toBe('image/svg+xml');
    expect(sniffImage(Buffer.from('<html><svg>'))).toBeNull();
    expect(sniffImage(Buffer.alloc(0))).toBeNull();
  });

  test('fills the form in, and leaves a name that somebody typed', () => {
    const site = { url: 'http://localhost:8080/', status: 200, server: null, icon: null, isCertificateTrusted: true };
    const first = withSite(emptyDraft(''), { ...site, title: 'Wiki' }, '');
    expect(first).toMatchObject({
      internalUrl: site.url,
      displayName: 'Wiki',
      externalLabel: 'wiki',
      allowIpHosts: false,
    });
    expect(withSite(first, { ...site, title: 'Tickets' }, 'Wiki')).toMatchObject({ displayName: 'Tickets' });
    const typed = { ...first, displayName: 'Our wiki', externalLabel: 'our-wiki' };
    expect(withSite(typed, { ...site, title: 'Tickets' }, 'Wiki')).toMatchObject({
      displayName: 'Our wiki',
      externalLabel: 'our-wiki',
    });
  });
});
