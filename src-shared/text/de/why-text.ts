import type { Catalogue } from '../catalogue.ts';

type Explanations = Catalogue['why']['explanation'];

const certificate = 'Das Zertifikat der Anwendung wird nicht angenommen: ';

const errors: Explanations['errors'] = {
  STREAM_CANCELLED: {
    cause: 'Der Benutzer schloss die Seite oder verlor die Verbindung, ehe die Antwort vollständig war.',
    remedy: 'Nichts, außer es geschieht oft: Sehen Sie dann nach, wie lange die Anwendung zum Antworten braucht.',
  },
  STREAM_REFUSED: {
    cause: 'Der Connector nimmt keine Anfragen mehr an: Er hält an oder hat so viele, wie er befördern kann.',
    remedy: 'Starten Sie einen weiteren Connector der Gruppe, oder warten Sie, bis dieser zurück ist.',
  },
  STREAM_LIMIT: {
    cause: 'Der Tunnel beförderte so viele Anfragen zugleich, wie er darf.',
    remedy: 'Fügen Sie der Gruppe einen Connector hinzu. Hängen Anfragen in der Anwendung, beheben Sie das zuerst.',
  },
  STREAM_IDLE: {
    cause: 'Auf dem WebSocket bewegte sich nichts, so lange die Anwendung es erlaubt.',
    remedy:
      'Erlauben Sie in den Einstellungen der Anwendung eine längere Stille, oder lassen Sie sie ein Lebenszeichen senden.',
  },
  TUNNEL_CLOSED: {
    cause: 'Die Verbindung zwischen Connector und Dienst brach, während die Anfrage lief.',
    remedy:
      'Prüfen Sie das Netz des Connectors zu dieser Zeit. Ein zweiter Connector der Gruppe überbrückt solche Lücken.',
  },
  TUNNEL_TIMEOUT: {
    cause: 'Der Connector war verstummt: Sein Rechner oder Netz stand still.',
    remedy:
      'Prüfen Sie den Rechner des Connectors zu dieser Zeit. Ein zweiter Connector der Gruppe überbrückt solche Lücken.',
  },
  TUNNEL_REVOKED: {
    cause: 'Der Connector wurde entfernt oder gesperrt, während die Anfrage lief.',
    remedy: 'Richten Sie den Rechner neu ein, wenn er wieder bedienen soll.',
  },
  TUNNEL_DRAINING: {
    cause: 'Der Connector wurde gerade angehalten.',
    remedy: 'Versuchen Sie es erneut. Mit einem zweiten Connector der Gruppe lässt sich einer unbemerkt anhalten.',
  },
  APPLICATION_UNKNOWN: {
    cause: 'Der Connector kennt die Anwendung nicht: Er hat die gegenwärtige Konfiguration nicht angenommen.',
    remedy: 'Sehen Sie unter „Connectors“ nach, was er nicht annehmen konnte.',
  },
  BACKEND_REFUSED: {
    cause: 'An Adresse und Port der internen URL lauscht nichts, oder eine Firewall weist ab.',
    remedy: 'Starten Sie die Anwendung, oder berichtigen Sie den Port in ihrer internen URL.',
  },
  BACKEND_UNRESOLVED: {
    cause: 'Das DNS im Netz des Connectors kennt den Host der internen URL nicht.',
    remedy: 'Berichtigen Sie den Namen, oder tragen Sie ihn im DNS dieses Netzes ein.',
  },
  BACKEND_UNREACHABLE: {
    cause: 'Vom Connector führt kein Weg in das Netz der Anwendung.',
    remedy: 'Prüfen Sie das Netz des Connectorrechners und seine Routen.',
  },
  BACKEND_CONNECT_TIMEOUT: {
    cause: 'Der Rechner der Anwendung antwortete dem Connector gar nicht.',
    remedy: 'Prüfen Sie, ob der Rechner läuft und ob eine Firewall zwischen ihm und dem Connector steht.',
  },
  BACKEND_RESET: {
    cause: 'Die Anwendung schloss die Verbindung, ehe ihre Antwort vollständig war.',
    remedy:
      'Sehen Sie in das Protokoll der Anwendung. Prüfen Sie auch, ob sie https statt http erwartet oder umgekehrt.',
  },
  BACKEND_TIMEOUT: {
    cause: 'Die Anwendung antwortete nicht in der Zeit, die sie hat.',
    remedy:
      'Öffnen Sie sie am Connectorrechner, um zu sehen, ob sie dort langsam ist; sonst geben Sie ihr in ihren Einstellungen mehr Zeit.',
  },
  BACKEND_PROTOCOL: {
    cause: 'Was da antwortete, ist kein ordentliches HTTP.',
    remedy: 'Prüfen Sie, ob an diesem Port ein Webserver lauscht und ob er https erwartet.',
  },
  BACKEND_FORBIDDEN: {
    cause:
      'Der Connector darf diesen Host nicht ansprechen: Seine eigene Liste sagt es so, oder niemand veröffentlicht solche Adressen.',
    remedy: 'Lassen Sie den Host am Connectorrechner erlauben, oder berichtigen Sie die interne URL.',
  },
  BACKEND_TLS: {
    cause: 'Connector und Anwendung konnten sich auf keine sichere Verbindung einigen.',
    remedy: 'Prüfen Sie, ob die Anwendung an diesem Port http statt https erwartet und welche TLS-Versionen sie kennt.',
  },
  BACKEND_CERTIFICATE: {
    cause: `${certificate}Etwas daran stimmt nicht.`,
    remedy: 'Lassen Sie es berichtigen, oder schalten Sie seine Prüfung für diese Anwendung aus.',
  },
  BACKEND_CERTIFICATE_EXPIRED: {
    cause: `${certificate}Es ist abgelaufen oder noch nicht gültig.`,
    remedy: 'Erneuern Sie es, und prüfen Sie die Uhr des Connectorrechners.',
  },
  BACKEND_CERTIFICATE_NAME: {
    cause: `${certificate}Es gilt für einen anderen Namen als den der internen URL.`,
    remedy: 'Verwenden Sie einen Namen aus dem Zertifikat, oder lassen Sie eines für diesen Namen ausstellen.',
  },
  BACKEND_CERTIFICATE_ISSUER: {
    cause: `${certificate}Der Connectorrechner vertraut dem Aussteller nicht.`,
    remedy: 'Vertrauen Sie dieser Stelle für diese Anwendung, oder installieren Sie sie auf dem Connectorrechner.',
  },
  BACKEND_CERTIFICATE_SELF_SIGNED: {
    cause: `${certificate}Die Anwendung hat es selbst unterschrieben.`,
    remedy: 'Vertrauen Sie dem Zertifikat für diese Anwendung, oder schalten Sie seine Prüfung aus.',
  },
  EDGE_NOT_FOUND: {
    cause: 'Unter dieser Adresse ist keine Anwendung veröffentlicht.',
    remedy: 'Prüfen Sie die Adresse und ob die externe URL der Anwendung ihren Pfad umfasst.',
  },
  EDGE_BAD_TARGET: {
    cause: 'Die Adresse lässt sich auf zweierlei Art lesen, womit Angriffe beginnen; sie wird abgewiesen.',
    remedy: 'Bildet ein Programm von Ihnen solche Adressen, lassen Sie es sie ordentlich kodieren.',
  },
  EDGE_BAD_REQUEST: {
    cause: 'Die Anfrage ist kein ordentliches HTTP oder lässt sich auf zweierlei Art lesen.',
    remedy: 'Sendet sie ein Programm von Ihnen, lassen Sie es berichtigen.',
  },
  EDGE_HEADERS_TOO_LARGE: {
    cause: 'Die Header der Anfrage sind größer, als durchgelassen wird; meist sind es die Cookies.',
    remedy: 'Der Benutzer soll die Cookies dieser Adresse löschen.',
  },
  EDGE_BODY_TOO_LARGE: {
    cause: 'Was gesendet wurde, ist größer, als die Anwendung erlaubt.',
    remedy: 'Heben Sie in den Einstellungen der Anwendung „Größter Upload“ an, wenn es durchgelassen werden soll.',
  },
  EDGE_RATE_LIMITED: {
    cause: 'In einer Sekunde kamen mehr Anfragen, als die Anwendung oder der Dienst durchlässt.',
    remedy: 'Heben Sie die Rate in den Einstellungen der Anwendung an, oder finden Sie heraus, wer so oft fragt.',
  },
  EDGE_OVERLOADED: {
    cause: 'Es liefen so viele Anfragen zugleich, wie die Anwendung oder der Dienst erlaubt.',
    remedy: 'Hängen Anfragen in der Anwendung, beheben Sie das; sonst heben Sie die Zahl in ihren Einstellungen an.',
  },
  EDGE_FORBIDDEN: {
    cause: 'Der Benutzer ist angemeldet, der Anwendung aber nicht zugewiesen.',
    remedy: 'Weisen Sie den Benutzer oder eine seiner Gruppen unter „Anwendungen“ zu.',
  },
  EDGE_GROUPS_UNKNOWN: {
    cause: 'Die Gruppen des Benutzers waren vom Identitätsanbieter nicht zu erfahren.',
    remedy: 'Versuchen Sie es in einer Minute erneut; hält es an, prüfen Sie, was der Dienst den Anbieter fragen darf.',
  },
  EDGE_ACCESS_BLOCKED: {
    cause:
      'Eine Bedingung der Anwendung lässt den Benutzer nicht ein: sein Netz, die Uhrzeit oder die Art seiner Anmeldung.',
    remedy: 'Sehen Sie die Bedingungen der Anwendung an; ein Probelauf mit der Admin-API nennt die entscheidende.',
  },
  EDGE_STEP_UP: {
    cause: 'Die Anwendung verlangt eine stärkere oder frischere Anmeldung, als der Benutzer hatte.',
    remedy: 'Der Benutzer meldet sich noch einmal an. Ein Programm kann das nicht: Geben Sie ihm ein eigenes Token.',
  },
  EDGE_UNAUTHENTICATED: {
    cause: 'Niemand war angemeldet, und die Anfrage ließ sich nicht zur Anmeldung führen, etwa die eines Skripts.',
    remedy: 'Der Benutzer soll die Seite neu laden und sich anmelden. Ein Programm braucht ein Zugriffstoken.',
  },
  EDGE_TOKEN_INVALID: {
    cause: 'Das Zugriffstoken ist fehlerhaft, abgelaufen oder für jemand anderen.',
    remedy: 'Das Programm soll ein frisches Token für diese Anwendung holen.',
  },
  EDGE_TOKEN_FORBIDDEN: {
    cause: 'Das Zugriffstoken ist gültig, sein Träger aber der Anwendung nicht zugewiesen.',
    remedy: 'Weisen Sie das Programm oder den Benutzer der Anwendung zu.',
  },
  EDGE_MAINTENANCE: {
    cause: 'Die Anwendung ist in Wartung: Nichts erreicht sie.',
    remedy: 'Schalten Sie „In Wartung“ in ihren Einstellungen aus, wenn sie wieder benutzt werden soll.',
  },
  EDGE_NO_CONNECTOR: {
    cause: 'In diesem Augenblick nahm kein Connector der Gruppe dieser Anwendung Anfragen an.',
    remedy:
      'Starten Sie einen Connector dieser Gruppe, oder geben Sie einem, der leer läuft, wieder Anfragen; „Connectors“ zeigt, welche es gibt.',
  },
  EDGE_PREFLIGHT: {
    cause: 'Eine Seite eines anderen Hosts wollte die Anwendung verwenden, was ihre CORS-Regeln nicht erlauben.',
    remedy: 'Nehmen Sie jenen Host in die CORS-Regeln der Anwendung auf, wenn er es darf.',
  },
  SIGNIN_DENIED: {
    cause: 'Der Identitätsanbieter ließ den Benutzer nicht ein, oder der Benutzer kehrte um.',
    remedy: 'Sehen Sie in das Anmeldeprotokoll des Identitätsanbieters.',
  },
  SIGNIN_STATE: {
    cause: 'Die Anmeldung wurde in einem anderen Tab oder Browser begonnen oder dauerte zu lange.',
    remedy: 'Der Benutzer soll die Anwendung neu öffnen.',
  },
  SIGNIN_CLOCK: {
    cause: 'Die Uhren von Dienst und Identitätsanbieter gehen mehr als fünf Minuten auseinander.',
    remedy: 'Wer den Dienst betreibt, soll dessen Uhr stellen.',
  },
  SIGNIN_PROVIDER: {
    cause: 'Der Identitätsanbieter war nicht zu erreichen oder antwortete mit einem Fehler.',
    remedy: 'Versuchen Sie es in einer Minute erneut; hält es an, sehen Sie nach, ob der Anbieter gestört ist.',
  },
  SIGNIN_CLIENT: {
    cause:
      'Der Identitätsanbieter weist den Dienst selbst ab: Sein Geheimnis oder seine Registrierung stimmt nicht mehr.',
    remedy: 'Wer den Dienst betreibt, soll dessen Geheimnis beim Anbieter erneuern.',
  },
  STORE_UNAVAILABLE: {
    cause: 'Der Dienst erreichte seine Datenbank nicht.',
    remedy: 'Wer den Dienst betreibt, soll in dessen Protokoll sehen.',
  },
};

const hops: Explanations['hops'] = {
  client: { cause: 'Es endete auf der Seite des Benutzers.', remedy: 'Der Benutzer soll es erneut versuchen.' },
  service: {
    cause: 'Es scheiterte im Dienst.',
    remedy: 'Wer den Dienst betreibt, soll mit dieser ID in dessen Protokoll sehen.',
  },
  'sign-in': {
    cause: 'Die Anmeldung kam nicht zu ihrem Ende.',
    remedy: 'Der Benutzer soll es in einem neuen Tab erneut versuchen.',
  },
  policy: {
    cause: 'Eine Regel der Anwendung oder des Dienstes wies es ab.',
    remedy: 'Sehen Sie die Einstellungen der Anwendung an.',
  },
  connector: {
    cause: 'Der Connector konnte es nicht bewältigen.',
    remedy: 'Sehen Sie mit dieser ID in das Protokoll des Connectors.',
  },
  tunnel: {
    cause: 'Die Verbindung zwischen Connector und Dienst scheiterte.',
    remedy: 'Führen Sie am Rechner des Connectors den Selbsttest aus.',
  },
  dns: {
    cause: 'Der Host der Anwendung wurde nicht gefunden.',
    remedy: 'Berichtigen Sie ihn, oder tragen Sie ihn im DNS ein.',
  },
  connect: {
    cause: 'Die Anwendung war nicht zu erreichen.',
    remedy: 'Prüfen Sie, ob sie läuft und ob auf dem Weg eine Firewall steht.',
  },
  tls: {
    cause: 'Die Verbindung zur Anwendung ließ sich nicht sichern.',
    remedy: 'Prüfen Sie das Zertifikat der Anwendung.',
  },
  backend: { cause: 'Die Anwendung versagte.', remedy: 'Sehen Sie in das Protokoll der Anwendung.' },
};

const stations: Explanations['stations'] = {
  client: 'Benutzer',
  service: 'Dienst',
  'sign-in': 'Anmeldung',
  policy: 'Regeln',
  connector: 'Connector',
  tunnel: 'Tunnel',
  dns: 'Name',
  connect: 'Verbindung',
  tls: 'TLS',
  backend: 'Anwendung',
};

export const whyText: Catalogue['why'] = {
  title: 'Warum ist das gescheitert?',
  intro:
    'Fehlerseiten zeigen eine Aktivitäts-ID. Fügen Sie sie oder die ganze Seite ein, um zu erfahren, wo die Anfrage scheiterte und was zu tun ist.',
  placeholder: 'Aktivitäts-ID, etwa 6c2a1f0e-…',
  label: 'Aktivitäts-ID',
  find: 'Suchen',
  finding: 'Wird gesucht…',
  noId: 'In diesem Text ist keine Aktivitäts-ID. Sie hat 36 Zeichen, etwa 6c2a1f0e-3b7d-4c51-9e2f-0a1b2c3d4e5f.',
  failed: 'Es konnte nicht nachgesehen werden',
  failedAt: (station) => `Gescheitert bei: ${station}`,
  way: 'Der Weg der Anfrage',
  passed: 'in Ordnung',
  failedHere: 'hier gescheitert',
  notReached: 'nicht erreicht',
  whatToDo: 'Was zu tun ist',
  said: 'Was gemeldet wurde',
  mayRepeat: 'Dasselbe kann später gut gehen, ohne dass sich etwas ändert.',
  openTraffic: 'Im Verkehr zeigen',
  notFailed: 'Auf diesem Weg ist es nicht gescheitert',
  notFailedText: (status) =>
    `Die Anwendung selbst antwortete mit Status ${status}, und das kam unverändert beim Benutzer an.`,
  notFailedRemedy: 'War die Antwort nicht, wie sie sein soll, sehen Sie zu dieser Zeit in das Protokoll der Anwendung.',
  stillOpen: 'Es läuft noch.',
  unknown: 'Von dieser ID ist nichts bekannt',
  unknownReasons: [
    'Es ist nicht gescheitert und ging durch einen anderen Connector.',
    'Es ist zu lange her: Der Dienst behält nur seine letzten Fehler, dieser Connector, was in seinen Einstellungen steht.',
    'Der Dienst wurde seither neu gestartet oder hat mehrere Knoten, von denen ein anderer es hatte.',
  ],
  serviceNotAsked: (reason) => `Der Dienst konnte nicht gefragt werden: ${reason}`,
  otherConnector: (name) => `Ein anderer Connector hat es bedient: ${name}. Mehr steht im Verkehr jenes Rechners.`,
  anotherConnector: 'einer derselben Gruppe',
  facts: {
    time: 'Zeit',
    request: 'Anfrage',
    application: 'Anwendung',
    user: 'Benutzer',
    status: 'Status',
    duration: 'Dauer',
    code: 'Fehler',
    activityId: 'Aktivitäts-ID',
  },
  notSignedIn: 'nicht angemeldet',
  none: 'keiner',
  explanation: { errors, hops, stations },
};
