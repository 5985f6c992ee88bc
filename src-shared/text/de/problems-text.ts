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
    closedSecure: (host) =>
      `${host} hat die Verbindung ohne Antwort geschlossen. Vielleicht ist dort kein Webserver, oder etwas auf dem Weg trennt die Verbindung.`,
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
    noRole: (person, detail) => `${person} ist kein Administrator dieses Dienstes. ${detail}`,
  },
  capture: {
    starting: 'Ein Mitschnitt beginnt schon.',
    notServed: 'Dieser Connector bedient die Anwendung zurzeit nicht.',
    notAudited: (reason) =>
      `Bevor jemand Inhalte ansieht, muss der Dienst es in seinem Audit haben, und er konnte es nicht aufnehmen: ${reason}`,
    serviceTooOld:
      'Der Dienst ist älter als diese App und nimmt Mitschnitte noch nicht ins Audit auf. Aktualisieren Sie ihn, dann schneiden Sie mit.',
  },
  vault: {
    damaged: 'Ihre Datei im Tresor ist beschädigt.',
    keyStoreGone: 'Sie ist mit einem Schlüsselspeicher versiegelt, der jetzt nicht da ist.',
    unreadable: (detail) => `Die Identität dieses Connectors lässt sich nicht öffnen: ${detail}`,
    notKept: (detail) =>
      `Der Connector wurde beim Dienst angelegt, aber seine Identität lässt sich auf diesem Rechner nicht speichern (${detail}). Er läuft noch nicht; registrieren Sie ihn unverändert noch einmal, wird es derselbe Connector.`,
    notRemoved: (detail) =>
      `Die Identität dieses Connectors lässt sich nicht von diesem Rechner entfernen (${detail}). Er bleibt verbunden.`,
  },
  authorities: {
    unreadable: (file, detail) => `${file} kann nicht gelesen werden: ${detail}`,
    none: 'Es ist kein Zertifikat darin. Wählen Sie eine Datei in PEM-Form, die mit -----BEGIN CERTIFICATE----- beginnt, oder ein einzelnes Zertifikat in DER-Form.',
    privateKey:
      'Es ist ein privater Schlüssel darin und kein Zertifikat. Wählen Sie die Datei mit dem Zertifikat der Stelle; der Schlüssel wurde nicht übernommen und gehört nur zur Stelle selbst.',
    damaged: 'Ein Zertifikat darin ist beschädigt.',
    expired: (name, date) =>
      `${name} ist am ${date} abgelaufen: Damit wird nichts mehr geprüft. Wählen Sie das Zertifikat, das an seine Stelle getreten ist.`,
    notOne: (name) =>
      `${name} ist keine Zertifizierungsstelle: Damit lassen sich keine anderen prüfen. Wählen Sie das Zertifikat der Stelle, die es ausgestellt hat.`,
    tooMany: (most) => `Es können höchstens ${most} sein. Entfernen Sie zuerst eine.`,
  },
  allowList: {
    noAddress: 'Das ist keine http- oder https-Adresse.',
  },
  settings: {
    notKept: (detail) =>
      `Die Einstellung lässt sich auf diesem Rechner nicht speichern (${detail}). Sie bleibt, wie sie war.`,
    pauseNotKept: (detail) =>
      `Es wird nichts mehr veröffentlicht, aber die Pause lässt sich auf diesem Rechner nicht speichern (${detail}): Nach einem Neustart würde wieder veröffentlicht.`,
    resumeNotKept: (detail) =>
      `Der Connector läuft wieder, aber das lässt sich auf diesem Rechner nicht speichern (${detail}): Nach einem Neustart wäre er wieder angehalten.`,
  },
  notStarted: (detail) => `Postern kann auf diesem Rechner nicht starten: ${detail}`,
  leftUnknown:
    'Ob es zustande kam, lässt sich nicht mehr feststellen: Suchen Sie in der Liste danach und löschen Sie es dort.',
  isEnrolled: 'Der Connector ist schon registriert. Trennen Sie ihn in den Einstellungen, um von vorn zu beginnen.',
  notEnrolled: 'Registrieren Sie den Connector, bevor die Einrichtung enden kann.',
  requestGone: 'Die Anfrage ist nicht mehr aufgehoben.',
  wildcardNotAsked: 'Ein Platzhalter steht für viele Adressen, von denen keine gefragt werden kann.',
  onlyHttps: (url) => `Nur https-Adressen werden geöffnet, nicht ${url}.`,
  triesAgain: 'Sie brauchen nichts zu tun: Der Connector versucht es von selbst wieder.',
};
