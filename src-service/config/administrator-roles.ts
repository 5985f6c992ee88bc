import type { ServiceConfiguration } from './service-configuration.ts';

/** Entra's names for the role and for the Graph permission that stand for the same. */
const ADMINISTRATOR_ROLES = ['Application.Administrator', 'Application.ReadWrite.All'];
const READER_ROLES = ['Application.Read', 'Application.Read.All'];

/** Which roles open the admin API: any one of a list does. */
export interface AdministratorRoles {
  readonly administratorRoles: readonly string[];
  readonly readerRoles: readonly string[];
}

/** The roles that the configuration names, or Entra's. */
export function administratorRolesOf(administrators: ServiceConfiguration['administrators']): AdministratorRoles {
  const { administratorRole, administratorRoles, readerRoles } = administrators;
  const one = administratorRole === undefined ? undefined : [administratorRole];
  return {
    administratorRoles: administratorRoles ?? one ?? ADMINISTRATOR_ROLES,
    readerRoles: readerRoles ?? READER_ROLES,
  };
}
