import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { type Authorization, Client, crypto } from 'acme-client';
import type { AcmeConfiguration } from '../../config/service-configuration.ts';
import type { KeyRecord } from '../../store/key-records.ts';
import { readPemChain } from '../certificate-chain.ts';
import { CERTIFICATE_LIMITS } from '../certificate-limits.ts';
import type { CertificateBundle } from '../open-upload.ts';
import { boundAcmeRequests } from './acme-requests.ts';
import type { ChallengeResponder } from './challenge-responder.ts';

/** What the account needs of the store. */
export interface AccountKeys {
  list(purpose: 'acme-account'): Promise<readonly KeyRecord[]>;
  add(purpose: 'acme-account', secret: Uint8Array, publicText: string): Promise<void>;
}

/** The authority that issues by ACME (RFC 8555), with our account at it. */
export class AcmeAuthority {
  readonly #configuration: AcmeConfiguration;
  readonly #keys: AccountKeys;
  readonly #responder: ChallengeResponder;
  #client: Promise<Client> | null = null;

  /** @throws PosternError `CONFIG_INVALID` when `acme.caFile` can't be read */
  constructor(configuration: AcmeConfiguration, keys: AccountKeys, responder: ChallengeResponder) {
    this.#configuration = configuration;
    this.#keys = keys;
    this.#responder = responder;
    boundAcmeRequests(configuration.caFile);
  }

  /** Orders a certificate for one host with a new key. @throws an Error whose message says what the authority answered */
  async issue(hostname: string): Promise<CertificateBundle> {
    const client = await this.#openAccount();
    const order = await client.createOrder({ identifiers: [{ type: 'dns', value: hostname }] });
    for (const authorization of await client.getAuthorizations(order)) await this.#prove(client, authorization);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = String(privateKey.export({ format: 'pem', type: 'pkcs8' }));
    const [, request] = await crypto.createCsr({ altNames: [hostname] }, pem);
    const chain = await client.getCertificate(await client.finalizeOrder(order, request));
    return { certificates: readPemChain(chain), privateKeys: [privateKey] };
  }

  async #prove(client: Client, authorization: Authorization): Promise<void> {
    if (authorization.status === 'valid') return;
    const { challenge: wanted } = this.#configuration;
    // The library's type knows of fewer kinds than it serves.
    const challenge = authorization.challenges.find(({ type }) => (type as string) === wanted);
    if (challenge === undefined) {
      const offered = authorization.challenges.map(({ type }) => type).join(', ');
      throw new Error(`The authority does not offer ${wanted} for this host, but ${offered} (acme.challenge).`);
    }
    const keyAuthorization = await client.getChallengeKeyAuthorization(challenge);
    const withdraw =
      wanted === 'http-01'
        ? this.#responder.answerHttp(challenge.token, keyAuthorization)
        : await this.#responder.answerTls(authorization, keyAuthorization);
    try {
      await client.completeChallenge(challenge);
      await client.waitForValidStatus(challenge);
    } finally {
      withdraw();
    }
  }

  #openAccount(): Promise<Client> {
    this.#client ??= this.#register().catch((error: unknown) => {
      this.#client = null;
      throw error;
    });
    return this.#client;
  }

  async #register(): Promise<Client> {
    const { directoryUrl, contact, externalAccountBinding } = this.#configuration;
    const { pem, isNew } = await this.#accountKey();
    const client = new Client({
      directoryUrl,
      accountKey: pem,
      ...(externalAccountBinding && {
        externalAccountBinding: { kid: externalAccountBinding.keyId, hmacKey: externalAccountBinding.hmacKey },
      }),
      backoffAttempts: CERTIFICATE_LIMITS.acmePolls,
      backoffMin: CERTIFICATE_LIMITS.acmeFirstPollMs,
      backoffMax: CERTIFICATE_LIMITS.acmeLastPollMs,
    });
    // An external binding may be good for one account only: one that is there already is not asked for again.
    const isKnown = !isNew && (await client.createAccount({ onlyReturnExisting: true }).then(ok, noAccount));
    if (!isKnown) {
      const mailboxes = contact.map((address) => `mailto:${address}`);
      await client.createAccount({
        termsOfServiceAgreed: true,
        ...(mailboxes.length > 0 && { contact: mailboxes }),
      });
    }
    return client;
  }

  /** One account for each directory; its key is made at the first order. */
  async #accountKey(): Promise<{ readonly pem: string; readonly isNew: boolean }> {
    const { directoryUrl } = this.#configuration;
    const find = async (): Promise<string | null> => {
      const record = (await this.#keys.list('acme-account')).find(({ publicText }) => publicText === directoryUrl);
      if (record === undefined) return null;
      const key = createPrivateKey({ key: Buffer.from(record.secret), format: 'der', type: 'pkcs8' });
      return String(key.export({ format: 'pem', type: 'pkcs8' }));
    };
    const known = await find();
    if (known !== null) return { pem: known, isNew: false };
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    await this.#keys.add('acme-account', privateKey.export({ format: 'der', type: 'pkcs8' }), directoryUrl);
    return { pem: String(privateKey.export({ format: 'pem', type: 'pkcs8' })), isNew: true };
  }
}

function ok(): boolean {
  return true;
}

function noAccount(error: unknown): boolean {
  if (error instanceof Error && /accountDoesNotExist|no account|unable to find existing account/i.test(error.message)) {
    return false;
  }
  throw error;
}
