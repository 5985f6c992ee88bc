import type { Catalogue } from '../catalogue.ts';

export const applicationSettingsText: Catalogue['applicationSettings'] = {
  section: {
    publishing: 'Veröffentlichung',
    access: 'Wer Zugang hat',
    translation: 'Übersetzung',
    signOn: 'Einmaliges Anmelden',
    backend: 'Zertifikate und Backend',
    limits: 'Grenzen und Fristen',
    cookie: 'Zugangs-Cookie',
    state: 'Zustand',
  },
  defaultIs: (value) => `Standard: ${value}.`,
  on: 'ein',
  off: 'aus',
  none: 'keine',
  asConfigured: 'wie der Dienst eingerichtet ist',
  seconds: 'Sekunden',
  bytes: 'Bytes',
  perSecond: 'je Sekunde',
  asJson: 'Als JSON, in den Worten der Admin-API.',
  structure: {
    asJson: 'Als JSON bearbeiten',
    asForm: 'Als Formular bearbeiten',
    noForm: 'Das kann das Formular nicht zeigen, darum wird es hier bearbeitet; nichts davon geht verloren.',
    remove: (title) => `${title} entfernen`,
  },
  description: { label: 'Beschreibung', hint: 'Was „Meine Apps“ über sie sagt.' },
  homePageUrl: {
    label: 'Seite, die „Meine Apps“ öffnet',
    hint: 'Eine Adresse unterhalb des Veröffentlichten. Leer: die erste Seite.',
  },
  isHiddenFromMyApps: { label: 'In „Meine Apps“ verbergen', hint: 'Über ihre Adresse öffnet sie sich trotzdem.' },
  connectorGroupId: { label: 'Connectorgruppe', hint: 'Deren Connectors sie bedienen.' },
  groupsFailed: 'Die Gruppen konnten nicht gelesen werden',
  isRobotsExclusionEnabled: {
    label: 'Suchmaschinen abweisen',
    hint: 'Der Dienst beantwortet /robots.txt selbst.',
  },
  isSessionAffinityEnabled: {
    label: 'Einen Browser bei einem Connector lassen',
    hint: 'Für Anwendungen, die einen Browser an dem Rechner erkennen, von dem er kommt.',
  },
  segmentsConfiguration: {
    label: 'Segmente',
    hint: 'Mehrere Adresspaare in einer Anwendung, mit Regeln für CORS. Gibt es welche, ist nur veröffentlicht, was sie nennen.',
  },
  identityProviderId: {
    label: 'Identitätsanbieter',
    hint: 'Bei wem sich Benutzer anmelden; jeder Anbieter kennt nur seine eigenen Personen.',
    default: 'Standard des Dienstes',
    failed: 'Die Identitätsanbieter konnten nicht gelesen werden',
  },
  appRoles: { label: 'Rollen', hint: 'Rollen, die die Anwendung kennt und die Sie Personen geben können.' },
  conditionalAccessPolicies: {
    label: 'Bedingungen',
    hint: 'Von wo, wann und wie stark angemeldet. Ohne Bedingung öffnet sie sich allen, die Zugang haben.',
  },
  accessTokenAudiences: {
    label: 'Empfänger von Zugriffstoken',
    hint: 'Registrierungen beim Identitätsanbieter, deren Token Programmen die Anwendung öffnen, eine je Zeile, neben ihrer eigenen.',
  },
  isAccessTokenForwardingEnabled: {
    label: 'Zugriffstoken weitergeben',
    hint: 'Die Anwendung sieht das Token, mit dem ein Programm kam.',
  },
  isTranslateHostHeaderEnabled: {
    label: 'Host-Header übersetzen',
    hint: 'Die Anwendung sieht ihren internen Namen. Schalten Sie es aus, wenn sie den externen sehen muss.',
  },
  isTranslateLinksInBodyEnabled: {
    label: 'Links in Seiten übersetzen',
    hint: 'Links auf interne Adressen werden zu externen, in Seiten und Stylesheets. Für Anwendungen, die sich selbst mit voller Adresse nennen.',
  },
  isTranslateLinksInScriptsEnabled: {
    label: 'Links in Skripten und Daten übersetzen',
    hint: 'Auch in JavaScript und JSON.',
  },
  singleSignOnMode: {
    label: 'Wie die Anwendung erfährt, wer es ist',
    hint: 'Header tragen, was der Identitätsanbieter gesagt hat; was Clients unter ihren Namen senden, wird entfernt.',
    none: 'Sie erfährt es nicht',
    aadHeaderBased: 'Durch Header',
  },
  headerSignOnSettings: { label: 'Header-Regeln', hint: 'Welcher Header was trägt, nach Pfad.' },
  isIdentityAssertionEnabled: {
    label: 'Signierte Zusicherung',
    hint: 'Der Header X-Postern-Jwt-Assertion, an dem die Anwendung unsere Anfragen von anderen unterscheiden kann.',
  },
  certificate: 'Zertifikat der externen Adresse',
  certificateUntil: (subject, issuer, date) => `${subject}, von ${issuer}, gültig bis ${date}`,
  certificateNone: 'Keines gilt für sie.',
  isBackendCertificateValidationEnabled: {
    label: 'Zertifikat der Anwendung prüfen',
    hint: 'Gilt für interne URLs mit https.',
  },
  backendTrustedCertificates: {
    label: 'Vertraute Zertifizierungsstellen',
    hint: 'PEM; sie gelten zusätzlich zu denen, welchen der Rechner des Connectors vertraut.',
  },
  backendHttpVersion: {
    label: 'HTTP zur Anwendung',
    hint: 'gRPC braucht HTTP/2; automatisch wird es verwendet, wo eine Anwendung mit https es anbietet.',
    auto: 'Automatisch',
    http1: 'HTTP/1.1',
    http2: 'Immer HTTP/2',
  },
  strictTransportSecurityMaxAgeSeconds: {
    label: 'Strict-Transport-Security',
    hint: 'Wie lange Browser auf https bestehen; wird ergänzt, wo die Anwendung nichts sendet.',
  },
  applicationServerTimeout: {
    label: 'Frist der Anwendung',
    hint: 'Wie lange sie schweigen darf, bis ihre Antwort beginnt.',
    Default: 'Normal',
    Long: 'Lang',
  },
  applicationServerTimeoutSeconds: {
    label: 'Eine eigene Frist',
    hint: 'Gilt statt der vorigen, bis zu einer Stunde.',
  },
  webSocketIdleTimeoutSeconds: {
    label: 'Stille, nach der ein WebSocket endet',
    hint: 'Leer: Er lebt, solange seine Enden es wollen.',
  },
  maximumRequestBodyBytes: { label: 'Größter Upload', hint: 'Größeres wird abgelehnt (413).' },
  maximumRequestsPerSecond: {
    label: 'Anfragen je Sekunde',
    hint: 'Weitere werden abgelehnt (429); 0 heißt: ohne Grenze.',
  },
  maximumConcurrentRequests: {
    label: 'Anfragen zugleich',
    hint: 'Weitere werden abgelehnt (503); 0 heißt: ohne Grenze. WebSockets zählen mit.',
  },
  isHttpOnlyCookieEnabled: { label: 'Zugangs-Cookie nur für HTTP', hint: 'Skripte der Seite können es nicht lesen.' },
  isSecureCookieEnabled: { label: 'Sicheres Zugangs-Cookie', hint: 'Browser senden es nur über https.' },
  isPersistentCookieEnabled: {
    label: 'Dauerhaftes Zugangs-Cookie',
    hint: 'Übersteht das Schließen des Browsers. Für Programme, die Cookies mit ihm teilen.',
  },
  maintenance: {
    label: 'In Wartung',
    hint: 'Alle erhalten die Wartungsseite, und nichts erreicht einen Connector.',
  },
};
