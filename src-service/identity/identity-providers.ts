import { decodeJwt } from 'jose';
import { PosternError } from '../../src-shared/errors/postern-error.ts';
import { acceptedIssuers } from './accepted-issuers.ts';
import type { IdentityProvider } from './identity-provider.ts';

/** The providers that sign users in, by the names that matter: the configuration's, and the issuer of tokens. */
export class IdentityProviders {
  /** The default one first. */
  readonly all: readonly IdentityProvider[];
  readonly #byId: ReadonlyMap<string, IdentityProvider>;
  readonly #byIssuer: ReadonlyMap<string, IdentityProvider>;

  /** @param all at least one, with ids and issuers that differ */
  constructor(all: readonly IdentityProvider[]) {
    this.all = all;
    this.#byId = new Map(all.map((provider) => [provider.id, provider]));
    this.#byIssuer = new Map(
      all.flatMap((provider) => acceptedIssuers(provider.issuer).map((issuer) => [issuer, provider] as const)),
    );
  }

  /** The one of applications that name none. */
  get default(): IdentityProvider {
    const [first] = this.all;
    if (first === undefined) throw new Error('No identity provider is configured.');
    return first;
  }

  find(id: string): IdentityProvider | undefined {
    return this.#byId.get(id);
  }

  /** @throws PosternError `SIGNIN_PROVIDER_UNKNOWN` */
  require(id: string): IdentityProvider {
    const found = this.#byId.get(id);
    if (found !== undefined) return found;
    const known = this.all.map((provider) => provider.id).join(', ');
    throw new PosternError('SIGNIN_PROVIDER_UNKNOWN', {
      cause: new Error(`No provider has the id "${id}" in the configuration of this service; there are: ${known}.`),
    });
  }

  /** By `iss`, of access tokens in both forms that Entra has. Nothing is checked yet but the name. */
  findByIssuer(issuer: string): IdentityProvider | undefined {
    return this.#byIssuer.get(issuer);
  }

  /** The provider that a JWT says it is from; undefined where it can't be read or names none of ours. Nothing is checked yet. */
  findByToken(token: string): IdentityProvider | undefined {
    try {
      return this.#byIssuer.get(decodeJwt(token).iss ?? '');
    } catch {
      return undefined;
    }
  }
}
