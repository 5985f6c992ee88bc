import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { AcmeManager } from './certificates/acme/acme-manager.ts';
import type { ChallengeResponder } from './certificates/acme/challenge-responder.ts';
import { CertificateShelf } from './certificates/certificate-shelf.ts';
import { type CertificateFiles, FileCertificate } from './certificates/file-certificate.ts';
import { makePlaceholder } from './certificates/placeholder-certificate.ts';
import type { ServiceConfiguration } from './config/service-configuration.ts';
import type { ApplicationCatalog } from './edge/application-catalog.ts';
import type { Store } from './store/store.ts';

/** What the certificates of a service are made of. `resources` ends what is opened here. */
interface Parts {
  readonly configuration: ServiceConfiguration;
  readonly store: Store;
  readonly clock: () => number;
  readonly log: Logger;
  readonly resources: AsyncDisposableStack;
}

export interface ServiceCertificates {
  readonly shelf: CertificateShelf;
  /** Of the listener for tunnels alone. */
  readonly tunnels: FileCertificate | null;
  /** What an ACME authority is answered with; null where none is configured. */
  readonly responder: ChallengeResponder | null;
  /** Reads the files of the configuration now. */
  reload(): void;
  /** Makes what gets and renews certificates; null where no authority is configured. */
  makeAcmeManager(catalog: ApplicationCatalog, ownHosts: readonly string[]): AcmeManager | null;
}

/** @throws PosternError `CONFIG_INVALID` when a file of the configuration can't be used, `STORE_UNAVAILABLE` */
export async function openServiceCertificates(parts: Parts): Promise<ServiceCertificates> {
  const { configuration, store, clock, log, resources } = parts;
  const openFiles = (files: CertificateFiles | undefined, key: string): FileCertificate | null => {
    if (files === undefined) return null;
    const certificate = new FileCertificate({ files, key, clock, log });
    resources.defer(() => certificate.stop());
    return certificate;
  };
  const configured = openFiles(configuration.tls, 'tls');
  const tunnels = openFiles(configuration.tunnelListen?.tls, 'tunnelListen.tls');
  const acme =
    configuration.acme === undefined
      ? null
      : (await import('./certificates/acme/make-acme.ts')).makeAcme(configuration.acme, store.keys);
  const shelf = new CertificateShelf({
    source: store,
    configured,
    placeholder: acme === null ? undefined : await makePlaceholder(clock()),
    challenges: configuration.acme?.challenge === 'tls-alpn-01' ? acme?.responder : null,
    clock,
    log,
  });
  await shelf.start();
  resources.defer(() => shelf.stop());
  return {
    shelf,
    tunnels,
    responder: acme?.responder ?? null,
    reload: () => {
      configured?.reload();
      tunnels?.reload();
    },
    makeAcmeManager: (catalog, ownHosts) =>
      acme?.makeManager({
        hosts: store.acmeHosts,
        certificates: store.certificates,
        shelf,
        publishedHosts: () => [
          ...ownHosts,
          ...catalog.addresses().flatMap(({ isHttps, hostname }) => (isHttps ? [hostname] : [])),
        ],
        clock,
        random: Math.random,
        randomId: randomUUID,
        log,
      }) ?? null,
  };
}

/** Begins to order; the listeners must serve by now, for the authority asks there. */
export async function startAcme(
  manager: AcmeManager,
  shelf: CertificateShelf,
  catalog: ApplicationCatalog,
  { store, resources }: Pick<Parts, 'store' | 'resources'>,
): Promise<void> {
  await manager.start();
  resources.defer(() => manager.stop());
  const unsubscribe = store.onChange(({ kind }) => {
    if (kind === 'application') void catalog.refresh().then(() => manager.wake());
    else if (kind === 'certificate') void shelf.refresh().then(() => manager.wake());
  });
  resources.defer(unsubscribe);
}
