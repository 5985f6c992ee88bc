import { X509Certificate, type webcrypto } from 'node:crypto';
import { SignJWT } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { CONNECTOR_CERTIFICATE_MS, ConnectorAuthority } from '../../src-service/identity/connector-authority.ts';
import type { KeyRecord } from '../../src-service/store/key-records.ts';
import { makeConnectorRequest } from '../helpers/connector-request.ts';

const DAY_MS = 86_400_000;
const EXPECTED = { audience: 'https://postern.example.com', nonce: 'nonce-of-this-connection' };

let nowMs = Date.parse('2026-01-01T00:00:00Z');
let authority: ConnectorAuthority;
let privateKey: webcrypto.CryptoKey;
let chain: readonly string[];

/** An authority whose key lives in memory alone. */
function openAuthority(): Promise<ConnectorAuthority> {
  const records: KeyRecord[] = [];
  const keys = {
    list: async () => records,
    add: async (_: string, secret: Uint8Array, publicText: string | null) => {
      records.push({ id: '1', secret, publicText, createdAtMs: nowMs });
    },
  };
  return ConnectorAuthority.open(keys, () => nowMs);
}

beforeAll(async () => {
  authority = await openAuthority();
  const request = await makeConnectorRequest();
  privateKey = request.privateKey;
  chain = (await authority.signRequest(request.pem, 'connector-1')).certificateChain;
});

interface ProofParts {
  readonly key?: webcrypto.CryptoKey;
  readonly chain?: readonly string[];
  readonly claims?: Record<string, unknown>;
  readonly typ?: string;
}

function prove(parts: ProofParts = {}): Promise<string> {
  const claims = { sub: 'connector-1', aud: EXPECTED.audience, nonce: EXPECTED.nonce, ...parts.claims };
  return new SignJWT(claims)
    .setProtectedHeader({
      alg: 'ES256',
      typ: parts.typ ?? 'postern-proof+jwt',
      x5c: (parts.chain ?? chain).map((pem) => new X509Certificate(pem).raw.toString('base64')),
    })
    .sign(parts.key ?? privateKey);
}

test('B61 signs what a connector asked for, under the name that the service gave', async () => {
  const [leafPem = '', authorityPem = ''] = chain;
  const leaf = new X509Certificate(leafPem);
  expect(leaf.subject).toBe('CN=connector-1');
  expect(leaf.ca).toBe(false);
  expect(leaf.verify(new X509Certificate(authorityPem).publicKey)).toBe(true);
  expect(leaf.validToDate.getTime()).toBe(nowMs + CONNECTOR_CERTIFICATE_MS);
  const proven = await authority.verifyProof(await prove(), EXPECTED);
  expect(proven.connectorId).toBe('connector-1');
  expect(proven.serialNumber.toLowerCase()).toBe(leaf.serialNumber.toLowerCase());
});

test.for<[string, () => Promise<ProofParts>]>([
  ['another service', async () => ({ claims: { aud: 'https://other.example.com' } })],
  ['another connection', async () => ({ claims: { nonce: 'old' } })],
  ['another connector', async () => ({ claims: { sub: 'connector-2' } })],
  ['another type of token', async () => ({ typ: 'JWT' })],
  ['another key', async () => ({ key: (await makeConnectorRequest()).privateKey })],
  ['no certificate', async () => ({ chain: [] })],
  ["the authority's own certificate", async () => ({ chain: [chain[1] ?? ''] })],
  [
    'another authority',
    async () => {
      const request = await makeConnectorRequest();
      const other = await (await openAuthority()).signRequest(request.pem, 'connector-1');
      return { key: request.privateKey, chain: other.certificateChain };
    },
  ],
])('B62 a proof for %s is refused', async ([, makeParts]) => {
  const proof = await prove(await makeParts());
  await expect(authority.verifyProof(proof, EXPECTED)).rejects.toMatchObject({ code: 'TUNNEL_AUTHENTICATION' });
});

test('B62 nonsense is refused like any other proof', async () => {
  for (const text of ['', 'a.b.c', `${(await prove()).slice(0, -4)}AAAA`]) {
    await expect(authority.verifyProof(text, EXPECTED)).rejects.toMatchObject({ code: 'TUNNEL_AUTHENTICATION' });
  }
});

test('B62 an expired certificate is told apart, with the way out', async () => {
  const startedMs = nowMs;
  try {
    nowMs += CONNECTOR_CERTIFICATE_MS + DAY_MS;
    const verdict = authority.verifyProof(await prove(), EXPECTED);
    await expect(verdict).rejects.toMatchObject({ code: 'TUNNEL_EXPIRED', message: expect.stringContaining('Enrol') });
  } finally {
    nowMs = startedMs;
  }
});

test('requests of another curve, or signed by another key, are refused', async () => {
  const { pem } = await makeConnectorRequest('P-384');
  await expect(authority.signRequest(pem, 'x')).rejects.toMatchObject({ code: 'ENROLMENT_REQUEST_INVALID' });
  const good = Buffer.from((await makeConnectorRequest()).pem.replaceAll(/-----.*-----|\s/g, ''), 'base64');
  good[good.length - 5] = (good.at(-5) ?? 0) ^ 1;
  const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${good.toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
  await expect(authority.signRequest(forged, 'x')).rejects.toMatchObject({ code: 'ENROLMENT_REQUEST_INVALID' });
});
