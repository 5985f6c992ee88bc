import type { Catalogue } from '../catalogue.ts';

export const applicationSettingsText: Catalogue['applicationSettings'] = {
  section: {
    publishing: 'Veröffentlichung',
    access: 'Wer hinein darf',
    translation: 'Übersetzung',
    signOn: 'Einmaliges Anmelden',
    backend: 'Zertifikate und Backend',
    limits: 'Grenzen und Fristen',
    cookie: 'Zugangs-Cookie',
    state: 'Zustand',
  },
  defaultIs: (value) => `Voreinstellung: ${value}.`,
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
    hint: 'Bei wem sich anmeldet, wer hinein will; jeder Anbieter kennt nur seine eigenen Personen.',
    default: 'Voreinstellung des Dienstes',
    failed: 'Die Identitätsanbieter konnten nicht gelesen werden',
  },
  appRoles: { label: 'Rollen', hint: 'Die die Anwendung kennt und die Personen gegeben werden können.' },
  conditionalAccessPolicies: {
    label: 'Bedingungen',
    hint: 'Woher, wann und wie stark angemeldet. Ohne Bedingung darf hinein, wer zugelassen ist.',
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
    hint: 'Die Anwendung sieht ihren internen Namen. Ausschalten, wo sie den externen sehen muss.',
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
    none: 'Es wird ihr nicht gesagt',
    aadHeaderBased: 'Durch Header',
  },
  headerSignOnSettings: { label: 'Header-Regeln', hint: 'Welcher Header was trägt, nach Pfad.' },
  isIdentityAssertionEnabled: {
    label: 'Signierte Zusicherung',
    hint: 'X-Postern-Jwt-Assertion, woran die Anwendung unsere Anfragen von anderen unterscheiden kann.',
  },
  certificate: 'Zertifikat der externen Adresse',
  certificateUntil: (subject, issuer, date) => `${subject}, von ${issuer}, gültig bis ${date}`,
  certificateNone: 'Keines nennt sie beim Namen.',
  isBackendCertificateValidationEnabled: {
    label: 'Zertifikat der Anwendung prüfen',
    hint: 'Gilt für interne URLs mit https.',
  },
  backendTrustedCertificates: {
    label: 'Vertraute Zertifizierungsstellen',
    hint: 'PEM, neben denen, welchen der Rechner des Connectors vertraut.',
  },
  backendHttpVersion: {
    label: 'HTTP zur Anwendung',
    hint: 'HTTP/2 ist für gRPC; von selbst wird es genommen, wo eine Anwendung mit https es anbietet.',
    auto: 'Von selbst',
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
    hint: 'Anstelle der darüber, bis zu einer Stunde.',
  },
  webSocketIdleTimeoutSeconds: {
    label: 'Stille, die ein WebSocket beendet',
    hint: 'Leer: Er lebt, solange seine Enden es wollen.',
  },
  maximumRequestBodyBytes: { label: 'Größter Upload', hint: 'Größeres wird abgelehnt (413).' },
  maximumRequestsPerSecond: {
    label: 'Anfragen je Sekunde',
    hint: 'Weitere werden abgelehnt (429); 0 ist ohne Grenze.',
  },
  maximumConcurrentRequests: {
    label: 'Anfragen zugleich',
    hint: 'Weitere werden abgelehnt (503); 0 ist ohne Grenze. WebSockets zählen mit.',
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
