import type { ConfigurationFileInput } from '../configuration-file.ts';
import { isIpLiteral, isWildcardHost, listUrlProblems } from '../../../src-shared/publishing/urls.ts';
import type { EntraNote } from './entra-report.ts';
import type { GraphPublishing } from './graph-objects.ts';

type PublishingInput = NonNullable<ConfigurationFileInput['applications']>[number]['onPremisesPublishing'];
type Segments = NonNullable<PublishingInput['segmentsConfiguration']>['applicationSegments'];
export type Note = (kind: EntraNote['kind'], field: string, reason: string, instead: string) => void;

const FLAGS = [
  'isTranslateHostHeaderEnabled',
  'isTranslateLinksInBodyEnabled',
  'isHttpOnlyCookieEnabled',
  'isSecureCookieEnabled',
  'isPersistentCookieEnabled',
  'isBackendCertificateValidationEnabled',
  'isOnPremPublishingEnabled',
] as const;
const DEFAULT_DOMAIN = /\.(?:[a-z]+\.)?msappproxy\.net$/i;

/** The address in place of one below Microsoft's domain, which only Microsoft can serve. */
export function moveHost(url: string, applicationsDomain: string | null, note?: () => void): string {
  const parsed = URL.parse(url);
  if (parsed === null || !DEFAULT_DOMAIN.test(parsed.hostname)) return url;
  note?.();
  if (applicationsDomain === null) return url;
  parsed.hostname = parsed.hostname.replace(DEFAULT_DOMAIN, `.${applicationsDomain}`);
  return parsed.href;
}

/** The settings of an application in our words; null for one that is none of the web. */
export function convertPublishing(
  publishing: GraphPublishing,
  applicationsDomain: string | null,
  note: Note,
): PublishingInput | null {
  const { externalUrl, internalUrl } = publishing;
  if (!externalUrl || !internalUrl) {
    const isPrivateAccess = /nonwebapp|quickaccessapp/i.test(publishing.applicationType ?? '');
    if (isPrivateAccess || publishing.isAccessibleViaZTNAClient === true) {
      const instead = 'Publish what it has of web pages as applications of their own; for other protocols keep a VPN.';
      note('lost', 'applicationType', 'it is an application of Private Access, which carries IP packets.', instead);
    } else note('lost', 'externalUrl', 'it has no external or internal URL.', 'Publish it anew.');
    return null;
  }
  const external = moveHost(externalUrl, applicationsDomain, () => noteMove(externalUrl, applicationsDomain, note));
  const isPassthru = publishing.externalAuthenticationType === 'passthru';
  const settings: PublishingInput = {
    externalUrl: external,
    internalUrl,
    externalAuthenticationType: isPassthru ? 'passthru' : 'aadPreAuthentication',
    applicationServerTimeout: /^long$/i.test(publishing.applicationServerTimeout ?? '') ? 'Long' : 'Default',
  };
  for (const name of FLAGS) {
    const value = publishing[name];
    if (typeof value === 'boolean') settings[name] = value;
  }
  const host = URL.parse(internalUrl)?.hostname ?? '';
  if (isIpLiteral(host)) {
    settings.allowIpHosts = true;
    note('changed', 'internalUrl', `its host is the IP address ${host}.`, 'allowIpHosts is set for it.');
  }
  noteUrls(external, internalUrl, settings.allowIpHosts === true, note);
  const segments = convertSegments(publishing, settings, applicationsDomain, note);
  if (segments !== null) settings.segmentsConfiguration = { applicationSegments: segments };
  noteSignOn(publishing, note);
  noteRest(publishing, note);
  return settings;
}

function noteMove(externalUrl: string, applicationsDomain: string | null, note: Note): void {
  const reason = `${externalUrl} is below a domain of Microsoft's, which only Microsoft serves.`;
  if (applicationsDomain === null) {
    note('toDo', 'externalUrl', reason, 'Put an address of your own there, or name your domain with --domain.');
  } else
    note(
      'changed',
      'externalUrl',
      reason,
      `It is below ${applicationsDomain} now: tell its users, and change links and redirect URIs.`,
    );
}

function noteUrls(externalUrl: string, internalUrl: string, allowIpHosts: boolean, note: Note): void {
  for (const [field, url, kind] of [
    ['externalUrl', externalUrl, 'external'],
    ['internalUrl', internalUrl, 'internal'],
  ] as const) {
    const problems = listUrlProblems(url, kind, allowIpHosts);
    if (problems.length === 0) continue;
    const why = problems.map(({ message }) => message).join(' ');
    note('toDo', field, `${url} can't be used as it is: ${why}`, 'Change it in the file; "config plan" says its line.');
  }
  if (!isWildcardHost(URL.parse(externalUrl)?.hostname ?? '')) return;
  const reason = 'it is a wildcard application: one label takes the place of the *, and the same one at the backend.';
  note('toDo', 'externalUrl', reason, 'Have a DNS entry and a certificate for the wildcard, and try one of its hosts.');
}

function convertSegments(
  publishing: GraphPublishing,
  { externalUrl, internalUrl }: PublishingInput,
  applicationsDomain: string | null,
  note: Note,
): Segments | null {
  const given = publishing.segmentsConfiguration?.applicationSegments ?? publishing.onPremisesApplicationSegments ?? [];
  if (publishing.useAlternateUrlForTranslationAndRedirect === true) {
    const reason = 'links and redirects are translated to the address that a user came by.';
    note(
      'lost',
      'useAlternateUrlForTranslationAndRedirect',
      reason,
      'Nothing needs to be done where the traffic manager keeps the host.',
    );
  }
  const { alternateUrl } = publishing;
  if (given.length === 0) {
    if (!alternateUrl) return null;
    note(
      'changed',
      'alternateUrl',
      'only segments have one.',
      'The application has one segment now, with that alternate URL.',
    );
    return [{ externalUrl, internalUrl, alternateUrl }];
  }
  const segments = given.flatMap(({ corsConfigurations, ...segment }, index) => {
    if (!segment.externalUrl || !segment.internalUrl) {
      note(
        'lost',
        `segmentsConfiguration.applicationSegments[${index}]`,
        'it has no URLs: it is a segment of IP addresses.',
        'Publish its web pages by URL.',
      );
      return [];
    }
    return [
      {
        externalUrl: moveHost(segment.externalUrl, applicationsDomain),
        internalUrl: segment.internalUrl,
        ...(segment.alternateUrl && { alternateUrl: segment.alternateUrl }),
        corsConfigurations: (corsConfigurations ?? []).map((rule) => ({
          resource: rule.resource || '/',
          allowedOrigins: rule.allowedOrigins ?? [],
          allowedHeaders: rule.allowedHeaders ?? [],
          allowedMethods: rule.allowedMethods ?? [],
          maxAgeInSeconds: rule.maxAgeInSeconds ?? 0,
        })),
      },
    ];
  });
  if (segments.length === 0) return null;
  if (segments.some((segment) => segment.externalUrl === externalUrl)) return segments;
  note(
    'changed',
    'segmentsConfiguration',
    `with segments, only they are published; ${externalUrl} was none of them.`,
    'It is the first segment now.',
  );
  return [{ externalUrl, internalUrl }, ...segments];
}

function noteSignOn({ singleSignOnSettings }: GraphPublishing, note: Note): void {
  const mode = singleSignOnSettings?.singleSignOnMode ?? 'none';
  const field = 'singleSignOnSettings';
  if (mode === 'none') return;
  if (mode === 'onPremisesKerberos') {
    const { kerberosServicePrincipalName, kerberosSignOnMappingAttributeType } =
      singleSignOnSettings?.kerberosSignOnSettings ?? {};
    const reason = `Kerberos constrained delegation (SPN ${kerberosServicePrincipalName}, login by ${kerberosSignOnMappingAttributeType}) is not carried yet.`;
    note(
      'lost',
      field,
      reason,
      'Have the backend take headers (aadHeaderBased) or the signed assertion (isIdentityAssertionEnabled), or let it ask users itself: NTLM and Negotiate pass.',
    );
  } else if (mode === 'aadHeaderBased') {
    note(
      'lost',
      field,
      'Graph does not say which headers are sent.',
      'Copy them from the portal into singleSignOnSettings.headerSignOnSettings.rules, and set singleSignOnMode to aadHeaderBased.',
    );
  } else if (mode === 'pingHeaderBased') {
    note(
      'lost',
      field,
      'header sign-on by PingAccess has its rules there.',
      'Say them as singleSignOnSettings.headerSignOnSettings.rules with aadHeaderBased; PingAccess is not needed then.',
    );
  } else
    note(
      'lost',
      field,
      `the mode ${mode} is not carried.`,
      'Have the backend take headers or the signed assertion (isIdentityAssertionEnabled).',
    );
}

function noteRest(publishing: GraphPublishing, note: Note): void {
  const certificate = publishing.verifiedCustomDomainCertificatesMetadata;
  if (certificate) {
    const reason = `Graph gives no private key of the certificate ${certificate.subjectName} (${certificate.thumbprint}, until ${certificate.expiryDate}).`;
    note(
      'toDo',
      'verifiedCustomDomainCertificatesMetadata',
      reason,
      'Name chain and privateKey under certificates, upload the PFX, or set acme in the configuration of the service.',
    );
  }
  const { wafProvider, wafAllowedHeaders } = publishing;
  if (wafProvider || (wafAllowedHeaders !== null && wafAllowedHeaders !== undefined)) {
    note(
      'lost',
      'wafProvider',
      'a web application firewall stood before it.',
      'Put it before Postern, and its addresses into trustedProxies of the configuration.',
    );
  }
  if (publishing.isAccessibleViaZTNAClient === true) {
    note(
      'lost',
      'isAccessibleViaZTNAClient',
      'the Global Secure Access client does not reach Postern.',
      'Users open the external URL.',
    );
  }
}
