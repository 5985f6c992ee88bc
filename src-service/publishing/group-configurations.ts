import { makeReason, type Reason } from '../../src-shared/errors/reasons.ts';
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
    [...byGroup].map(([groupId, own]) => [groupId, own.flatMap((each) => partsOf(each).urls)]),
  );
  return new Map(
    groups.map((group) => [
      group.id,
      {
        version,
        // Filled in for each connector as it is sent.
        connectorName: '',
        connectorGroupName: group.name,
        applications: (byGroup.get(group.id) ?? []).flatMap((each) => partsOf(each).published),
        otherUrls: [...urlsByGroup].flatMap(([groupId, urls]) => (groupId === group.id ? [] : urls)),
      },
    ]),
  );
}

/** Why no tunnel can carry a configuration; null where it fits. */
export function findSizeProblem(configuration: ConnectorConfiguration): Reason | null {
  const { applications, otherUrls } = configuration;
  let bytes = Buffer.byteLength(JSON.stringify({ ...configuration, applications: [], otherUrls: [] }));
  for (const list of [applications, otherUrls]) {
    bytes += Math.max(0, list.length - 1);
    for (const each of list) bytes += bytesOf(each);
  }
  if (bytes <= USABLE_BYTES) return null;
  return makeReason('groupTooLarge', {
    name: configuration.connectorGroupName,
    size: (bytes / MIB).toFixed(1),
    most: USABLE_BYTES / MIB,
  });
}

/** Of each application that is known, by itself: of ten thousand a change of one makes its own anew. */
const knownParts = new WeakMap<Application, ApplicationParts>();
const knownBytes = new WeakMap<object, number>();

/** What an application adds to the configurations. */
interface ApplicationParts {
  /** To that of its own group. */
  readonly published: readonly ConnectorApplication[];
  /** To those of all other groups. */
  readonly urls: readonly PublishedUrls[];
}

function partsOf(application: Application): ApplicationParts {
  const known = knownParts.get(application);
  if (known !== undefined) return known;
  const parts = {
    published: toConnectorApplications(application),
    urls: publishedAddresses(application).map(({ externalUrl, internalUrl }) => ({ externalUrl, internalUrl })),
  };
  knownParts.set(application, parts);
  return parts;
}

function bytesOf(value: object): number {
  const known = knownBytes.get(value);
  if (known !== undefined) return known;
  const bytes = Buffer.byteLength(JSON.stringify(value));
  knownBytes.set(value, bytes);
  return bytes;
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
