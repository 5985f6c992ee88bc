/** The settings of an application: what each is called and what it does. */
export const applicationSettingsText = {
  section: {
    publishing: 'Publishing',
    access: 'Who may enter',
    translation: 'Translation',
    signOn: 'Single sign-on',
    backend: 'Certificates and backend',
    limits: 'Limits and time-outs',
    cookie: 'Access cookie',
    state: 'State',
  },
  defaultIs: (value: string) => `Default: ${value}.`,
  on: 'on',
  off: 'off',
  none: 'none',
  asConfigured: 'as the service is configured',
  seconds: 'seconds',
  bytes: 'bytes',
  perSecond: 'per second',
  asJson: 'As JSON, in the words of the admin API.',
  structure: {
    asJson: 'Edit as JSON',
    asForm: 'Edit as a form',
    noForm: 'This is not what the form can show, so it is edited here; nothing of it is lost.',
    remove: (title: string) => `Remove ${title}`,
  },
  description: { label: 'Description', hint: 'What “My apps” says about it.' },
  homePageUrl: {
    label: 'Page to open from “My apps”',
    hint: 'An address below what is published. Empty: the first page.',
  },
  isHiddenFromMyApps: { label: 'Hide from “My apps”', hint: 'It opens by its address all the same.' },
  connectorGroupId: { label: 'Connector group', hint: 'Whose connectors serve it.' },
  groupsFailed: 'The groups could not be read',
  isRobotsExclusionEnabled: {
    label: 'Turn search engines away',
    hint: 'The service answers /robots.txt itself.',
  },
  isSessionAffinityEnabled: {
    label: 'Keep a browser to one connector',
    hint: 'For applications that know a browser by the machine that it comes from.',
  },
  segmentsConfiguration: {
    label: 'Segments',
    hint: 'Several pairs of addresses in one application, with rules for CORS. Where there are any, they are all that is published.',
  },
  identityProviderId: {
    label: 'Identity provider',
    hint: 'Whose users may enter; each knows its own people alone.',
    default: 'The service’s default',
    failed: 'The identity providers could not be read',
  },
  appRoles: { label: 'Roles', hint: 'Which the application knows, and people can be given.' },
  conditionalAccessPolicies: {
    label: 'Conditions',
    hint: 'From where, when and how strongly signed in. No condition: whoever is let in, is.',
  },
  accessTokenAudiences: {
    label: 'Audiences of access tokens',
    hint: 'Registrations at the identity provider whose tokens open the application for programs, one in each line, beside its own.',
  },
  isAccessTokenForwardingEnabled: {
    label: 'Pass access tokens on',
    hint: 'The application sees the token by which a program came in.',
  },
  isTranslateHostHeaderEnabled: {
    label: 'Translate the Host header',
    hint: 'The application sees its internal name. Turn off where it must see the external one.',
  },
  isTranslateLinksInBodyEnabled: {
    label: 'Translate links in pages',
    hint: 'Links to internal addresses become external ones, in pages and style sheets. For applications that name themselves in full.',
  },
  isTranslateLinksInScriptsEnabled: {
    label: 'Translate links in scripts and data',
    hint: 'In JavaScript and JSON as well.',
  },
  singleSignOnMode: {
    label: 'How the application learns who it is',
    hint: 'Headers carry what the identity provider said; what clients send under their names is removed.',
    none: 'It is not told',
    aadHeaderBased: 'By headers',
  },
  headerSignOnSettings: { label: 'Header rules', hint: 'Which header carries what, by path.' },
  isIdentityAssertionEnabled: {
    label: 'Signed assertion',
    hint: 'X-Postern-Jwt-Assertion, by which the application can tell our requests from others.',
  },
  certificate: 'Certificate of the external address',
  certificateUntil: (subject: string, issuer: string, date: string) => `${subject}, by ${issuer}, good until ${date}`,
  certificateNone: 'None covers it by name.',
  isBackendCertificateValidationEnabled: {
    label: 'Check the certificate of the application',
    hint: 'Applies to https internal URLs.',
  },
  backendTrustedCertificates: {
    label: 'Authorities to trust',
    hint: 'PEM, beside those that the connector’s machine trusts.',
  },
  backendHttpVersion: {
    label: 'HTTP towards the application',
    hint: 'gRPC needs HTTP/2; it is taken automatically where an https application offers it.',
    auto: 'Automatic',
    http1: 'HTTP/1.1',
    http2: 'HTTP/2 always',
  },
  strictTransportSecurityMaxAgeSeconds: {
    label: 'Strict-Transport-Security',
    hint: 'How long browsers insist on https, added where the application sends none.',
  },
  applicationServerTimeout: {
    label: 'Time-out of the application',
    hint: 'How long it may stay silent before its answer begins.',
    Default: 'Normal',
    Long: 'Long',
  },
  applicationServerTimeoutSeconds: {
    label: 'A time-out of its own',
    hint: 'In place of the one above, up to an hour.',
  },
  webSocketIdleTimeoutSeconds: {
    label: 'Silence that ends a WebSocket',
    hint: 'Empty: it lives as long as its ends want.',
  },
  maximumRequestBodyBytes: { label: 'Largest upload', hint: 'What is larger is refused (413).' },
  maximumRequestsPerSecond: { label: 'Requests a second', hint: 'More are refused (429); 0 is no limit.' },
  maximumConcurrentRequests: {
    label: 'Requests at once',
    hint: 'More are refused (503); 0 is no limit. WebSockets count.',
  },
  isHttpOnlyCookieEnabled: { label: 'HTTP-only access cookie', hint: 'Scripts in the page cannot read it.' },
  isSecureCookieEnabled: { label: 'Secure access cookie', hint: 'Browsers send it over https only.' },
  isPersistentCookieEnabled: {
    label: 'Persistent access cookie',
    hint: 'Survives closing the browser. For programs that share cookies with it.',
  },
  maintenance: {
    label: 'In maintenance',
    hint: 'Everybody gets the maintenance page, and nothing reaches a connector.',
  },
};
