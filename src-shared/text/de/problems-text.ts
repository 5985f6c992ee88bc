import type { Catalogue } from '../catalogue.ts';

export const problemsText: Catalogue['problems'] = {
  unexpected: (detail) => `Postern ist auf unerwartete Weise gescheitert: ${detail}`,
  unexpectedRemedy: 'Versuchen Sie es noch einmal. Geschieht es wieder, starten Sie die App neu, und melden Sie es.',
  address: {
    missing: () => 'Geben Sie die Adresse des Dienstes ein, etwa https://postern.example.com.',
    scheme: () => 'Die Adresse muss mit https:// oder http:// beginnen.',
    malformed: () => 'Das ist keine gültige Adresse. Sie sieht aus wie https://postern.example.com.',
    credentials: () => 'Nehmen Sie Benutzernamen und Kennwort aus der Adresse.',
    path: (origin) => `Lassen Sie weg, was dem Host folgt: ${origin} genügt.`,
  },
  service: {
    unresolved: (host) => `Ein Rechner mit dem Namen ${host} wurde nicht gefunden.`,
    notHttps: (host) => `${host} spricht kein https.`,
    certificateAuthority: (host) =>
      `Das Zertifikat von ${host} ist von einer Stelle signiert, der dieser Rechner nicht vertraut.`,
    certificateDate: (host) => `Das Zertifikat von ${host} gilt am Datum dieses Rechners nicht.`,
    certificateName: (host) => `Das Zertifikat des Servers nennt ${host} nicht.`,
    certificateOther: (host, name) => `Es kam keine sichere Verbindung zu ${host} zustande (${name}).`,
    refused: (host) => `${host} weist die Verbindung ab: Dort lauscht nichts.`,
    late: (host) => `${host} hat nicht rechtzeitig geantwortet.`,
    noWay: (host) => `Dieser Rechner hat im Augenblick keinen Weg zu ${host}.`,
    closed: (host) =>
      `${host} hat die Verbindung ohne Antwort geschlossen. Vielleicht wird https statt http erwartet, oder dort ist kein Webserver.`,
    unreachable: (host, name) => `${host} war nicht zu erreichen${name === '' ? '' : ` (${name})`}.`,
    status: (host, status) => `${host} antwortet mit dem Status ${status}.`,
    notPostern: (host) => `Unter ${host} antwortet ein Webserver, aber kein Postern-Dienst.`,
    notChosen: 'Wählen Sie zuerst einen Dienst.',
  },
  signIn: {
    cancelled: 'Die Anmeldung wurde abgebrochen.',
    noBrowser: (reason) => `Auf diesem Rechner ging kein Browser auf (${reason}). Nehmen Sie ein anderes Gerät.`,
    browserLate: (minutes) => `Vom Browser kam binnen ${minutes} Minuten keine Antwort.`,
    codeLate: 'Der Code wurde nicht rechtzeitig verwendet.',
    unreachable: (reason) => `Der Identitätsanbieter ist nicht zu erreichen (${reason}).`,
    refused: (reason) => `Der Identitätsanbieter hat die Anmeldung abgelehnt${reason === '' ? '' : ` (${reason})`}.`,
    noRole: (person, detail) => `${person} ist angemeldet, aber kein Administrator dieses Dienstes. ${detail}`,
  },
  capture: {
    starting: 'Ein Mitschnitt beginnt schon.',
    notServed: 'Dieser Connector bedient die Anwendung zurzeit nicht.',
    notAudited: (reason) =>
      `Bevor jemand Inhalte ansieht, muss der Dienst es in seinem Audit haben, und er konnte es nicht aufnehmen: ${reason}`,
    serviceTooOld:
      'Der Dienst ist älter als diese App und nimmt Mitschnitte noch nicht ins Audit auf. Aktualisieren Sie ihn, dann schneiden Sie mit.',
  },
  isEnrolled: 'Der Connector ist schon registriert. Trennen Sie ihn in den Einstellungen, um von vorn zu beginnen.',
  notEnrolled: 'Registrieren Sie den Connector, bevor die Einrichtung enden kann.',
  requestGone: 'Die Anfrage ist nicht mehr aufgehoben.',
  onlyHttps: (url) => `Nur https-Adressen werden geöffnet, nicht ${url}.`,
  summary: {
    PROXY_UNREACHABLE: 'Der ausgehende Proxy dieses Rechners war nicht zu erreichen.',
    PROXY_AUTHENTICATION:
      'Der ausgehende Proxy verlangt einen Benutzernamen und ein Kennwort oder nimmt die hinterlegten nicht an.',
    PROXY_REFUSED: 'Der ausgehende Proxy öffnet keine Verbindung zum Dienst.',
    ADMIN_SIGNIN_REQUIRED: 'Ihre Anmeldung ist beendet.',
    BACKEND_REFUSED: 'Die Anwendung hat die Verbindung abgewiesen: Unter Adresse und Port lauscht nichts.',
    BACKEND_UNRESOLVED: 'Der Connector kann den Hostnamen der Anwendung nicht auflösen.',
    BACKEND_RESET: 'Die Anwendung hat die Verbindung geschlossen, bevor ihre Antwort vollständig war.',
    BACKEND_TIMEOUT: 'Die Anwendung hat nicht rechtzeitig zu antworten begonnen.',
    BACKEND_CERTIFICATE: 'Der Connector vertraut dem Zertifikat der Anwendung nicht.',
    BACKEND_PROTOCOL: 'Was die Anwendung geantwortet hat, ist kein gültiges HTTP.',
    BACKEND_UNREACHABLE: 'Das Netz des Connectors hat keinen Weg zur Anwendung.',
    BACKEND_CONNECT_TIMEOUT: 'Die Anwendung hat nicht rechtzeitig eine Verbindung angenommen.',
    BACKEND_FORBIDDEN: 'Die Zulassungsliste des Connectors erlaubt diese Anwendung nicht.',
    BACKEND_PROXY: 'Der ausgehende Proxy des Connectors hat keine Verbindung zur Anwendung geöffnet.',
    BACKEND_TLS:
      'Es kam keine sichere Verbindung zur Anwendung zustande: Sie hat den TLS-Handschlag beendet oder spricht kein TLS.',
    BACKEND_CERTIFICATE_EXPIRED: 'Das Zertifikat der Anwendung ist abgelaufen oder gilt noch nicht.',
    BACKEND_CERTIFICATE_NAME: 'Das Zertifikat der Anwendung gilt für einen anderen Hostnamen.',
    BACKEND_CERTIFICATE_ISSUER:
      'Das Zertifikat der Anwendung stammt von einer Stelle, der der Connector nicht vertraut.',
    BACKEND_CERTIFICATE_SELF_SIGNED: 'Das Zertifikat der Anwendung ist selbst signiert; niemand bürgt dafür.',
  },
};
