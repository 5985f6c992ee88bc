import {
  APPLICATION_SERVER_TIMEOUT_SECONDS,
  type Application,
  type ConnectorGroup,
} from '../../src-shared/publishing/application.ts';
import type {
  ConnectorApplication,
  ConnectorConfiguration,
} from '../../src-shared/publishing/connector-configuration.ts';
import { publishedAddresses, type PublishedUrls } from '../../src-shared/publishing/published-addresses.ts';
import { MAX_CONFIGURATION_BYTES } from '../../src-shared/wire/configuration-change.ts';

const MIB = 1_048_576;
/** Less what stands around its parts. */
const USABLE_BYTES = MAX_CONFIGURATION_BYTES - 4 * MIB;

/** What each connector group is to publish, by the id of the group. */
export function configurationsOf(
  applications: readonly Application[],
  groups: readonly ConnectorGroup[],
  version: number,
): Map<string, ConnectorConfiguration> {
  const byGroup = Map.groupBy(applications, (application) => application.connectorGroupId);
  const urlsByGroup = new Map(
    [...byGroup].map(([groupId, own]) => [groupId, own.flatMap(publishedAddresses).map(urlsOf)] as const),
  );
  return new Map(
    groups.map((group) => [
      group.id,
      {
        version,
        // Filled in for each connector as it is sent.
        connectorName: '',
        connectorGroupName: group.name,
        applications: (byGroup.get(group.id) ?? []).flatMap(toConnectorApplications),
        otherUrls: [...urlsByGroup].flatMap(([groupId, urls]) => (groupId === group.id ? [] : urls)),
      },
    ]),
  );
}

/** Why no tunnel can carry a configuration, in words for the administrator; null where it fits. */
export function findSizeProblem(configuration: ConnectorConfiguration): string | null {
  const bytes = Buffer.byteLength(JSON.stringify(configuration));
  if (bytes <= USABLE_BYTES) return null;
  return (
    `What the connector group "${configuration.connectorGroupName}" publishes would have ${(bytes / MIB).toFixed(1)} MiB; ` +
    `its connectors take ${USABLE_BYTES / MIB} MiB. Move applications to another group, or shorten their ` +
    'backendTrustedCertificates.'
  );
}

function urlsOf({ externalUrl, internalUrl }: PublishedUrls): PublishedUrls {
  return { externalUrl, internalUrl };
}

function toConnectorApplications(application: Application): ConnectorApplication[] {
  const { onPremisesPublishing, displayName } = application;
  const shared = {
    displayName,
    isTranslateHostHeaderEnabled: onPremisesPublishing.isTranslateHostHeaderEnabled,
    isBackendCertificateValidationEnabled: onPremisesPublishing.isBackendCertificateValidationEnabled,
    applicationServerTimeoutSeconds:
      onPremisesPublishing.applicationServerTimeoutSeconds ??
      APPLICATION_SERVER_TIMEOUT_SECONDS[onPremisesPublishing.applicationServerTimeout],
    backendHttpVersion: onPremisesPublishing.backendHttpVersion,
    webSocketIdleTimeoutSeconds: onPremisesPublishing.webSocketIdleTimeoutSeconds ?? 0,
    backendTrustedCertificates: onPremisesPublishing.backendTrustedCertificates ?? '',
    isTranslateLinksInBodyEnabled: onPremisesPublishing.isTranslateLinksInBodyEnabled,
    isTranslateLinksInScriptsEnabled: onPremisesPublishing.isTranslateLinksInScriptsEnabled,
  };
  return publishedAddresses(application).map(({ routeId, externalUrl, internalUrl }) => ({
    id: routeId,
    ...(routeId !== application.id && { applicationId: application.id }),
    externalUrl,
    internalUrl,
    ...shared,
  }));
}
