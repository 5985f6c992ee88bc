import { createHash } from 'node:crypto';
import type { AppRoleAssignment } from '../../src-shared/publishing/app-roles.ts';
import type { Application, ConnectorGroup } from '../../src-shared/publishing/application.ts';
import type { LogoRecord } from '../store/application-logo-records.ts';
import type { CertificateRecord } from '../store/certificate-records.ts';
import type { ConnectorRecord } from '../store/connector-records.ts';
import type { TenantRecords } from '../store/store.ts';

/** Everything in the store that an administrator configures, and the connectors, by which groups are in use. */
export interface TenantState {
  readonly connectorGroups: readonly ConnectorGroup[];
  readonly applications: readonly Application[];
  readonly assignments: readonly AppRoleAssignment[];
  /** By the id of the application. */
  readonly logos: ReadonlyMap<string, LogoRecord>;
  /** Uploaded ones: those of an ACME authority the service gets by itself. */
  readonly certificates: readonly CertificateRecord[];
  readonly connectors: readonly ConnectorRecord[];
}

/** Reads one thing after the other, as a transaction has them. */
export async function readTenantState(records: TenantRecords): Promise<TenantState> {
  const connectorGroups = await records.connectorGroups.list();
  const applications = await records.applications.list();
  const assignments = await records.assignments.list();
  const logos = new Map<string, LogoRecord>();
  for (const { id, info } of applications) {
    if (info.logoUrl === null) continue;
    const logo = await records.applicationLogos.find(id);
    if (logo !== null) logos.set(id, logo);
  }
  const certificates = (await records.certificates.list()).filter(({ source }) => source === 'upload');
  const connectors = await records.connectors.list();
  return { connectorGroups, applications, assignments, logos, certificates, connectors };
}

/** Names a state: another one has another name. Connectors come and go without it. */
export function stateTag(state: TenantState): string {
  const parts = [
    state.connectorGroups,
    state.applications,
    state.assignments.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    [...state.logos].map(([id, { tag }]) => [id, tag]),
    state.certificates.map(({ id, thumbprint, chain }) => [id, thumbprint, chain]),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}
