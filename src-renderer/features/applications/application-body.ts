import type { Application, ApplicationCreate } from '../../../src-shared/publishing/application.ts';

/** What publishes an application like this one once more: all that was set about it, and nothing that the service made. */
export function bodyOfApplication(application: Application): ApplicationCreate {
  const { displayName, description, tags, web, appRoles, appRoleAssignmentRequired, connectorGroupId } = application;
  const { verifiedCustomDomainCertificatesMetadata: _, ...onPremisesPublishing } = application.onPremisesPublishing;
  return {
    displayName,
    description,
    tags,
    web,
    appRoles,
    appRoleAssignmentRequired,
    connectorGroupId,
    onPremisesPublishing,
  };
}
