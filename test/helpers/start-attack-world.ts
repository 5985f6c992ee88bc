import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceConfigurationInput } from '../../src-service/config/service-configuration.ts';
import { makeAuthority } from './make-authority.ts';
import { SignInBrowser } from './sign-in-browser.ts';
import { type StartedEdge, startEdge } from './start-edge.ts';
import { type StartedProvider, startProvider } from './start-provider.ts';

/** What the service answers when a request was let through: there is no connector. */
export const LET_THROUGH = 504;

/** Two applications of one domain, for alice and for bob, who here are the victim and the attacker. */
export interface AttackWorld {
  readonly provider: StartedProvider;
  readonly edge: StartedEdge;
  /** External URLs. */
  readonly app: string;
  readonly other: string;
  browser(): SignInBrowser;
  close(): Promise<void>;
}

export interface AttackWorldOptions {
  readonly scheme: 'http' | 'https';
  readonly configuration?: Partial<ServiceConfigurationInput>;
}

export async function startAttackWorld({ scheme, configuration }: AttackWorldOptions): Promise<AttackWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-attacks-'));
  const authority = await makeAuthority('Attacks');
  const { cert, key } = await authority.issue(['localhost', '*.postern.localhost']);
  const tls = { certificateFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  writeFileSync(tls.certificateFile, cert);
  writeFileSync(tls.keyFile, key);
  const provider = await startProvider();
  const edge = await startEdge({
    provider,
    ...(scheme === 'https' && { tls }),
    ...(configuration && { configuration }),
  });
  const publish = async (name: string): Promise<string> => {
    const url = await edge.publish(`${name}.postern.localhost`);
    for (const user of ['alice', 'bob']) await edge.assign(url, provider.user(user).id);
    return url;
  };
  const [app, other] = [await publish('app'), await publish('other')];
  return {
    provider,
    edge,
    app,
    other,
    browser: () => new SignInBrowser(scheme === 'https' ? authority.cert : undefined),
    close: async () => {
      await edge.close();
      await provider.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
