import type { Catalogue } from '../catalogue.ts';

export const machineSettingsText: Catalogue['machineSettings'] = {
  save: 'Speichern',
  saving: 'Wird gespeichert…',
  discard: 'Änderungen verwerfen',
  saved: 'Gespeichert',
  saveFailed: 'Das Speichern ist misslungen',
  readFailed: 'Die Einstellungen dieses Rechners konnten nicht gelesen werden',
  openProxy: 'Ausgehender Proxy…',
  close: 'Schließen',
  defaultIs: (value) => `Standard: ${value}.`,
  on: 'ein',
  off: 'aus',

  start: 'Start',
  startText: 'Der Connector bedient nur, solange die App läuft.',
  startAtLogin: 'Beim Anmelden an diesem Rechner starten',
  startAtLoginHint:
    'Im Infobereich, ohne Fenster. Bevor sich jemand angemeldet hat, läuft nichts: Richten Sie auf einem Rechner, an dem niemand sitzt, den Connector ohne Oberfläche als Dienst ein.',
  startCannotBeSet: 'Dieses Betriebssystem bietet dafür keinen Weg.',

  proxy: 'Ausgehender Proxy',
  proxyText: 'Auf welchem Weg dieser Rechner den Dienst erreicht: Anmeldung, Verwaltung und Tunnel.',
  proxyMode: {
    system: 'Wie das System, samt seinem PAC-Skript',
    none: 'Keiner: unmittelbar',
    manual: 'Dieser',
    pac: 'Ein PAC-Skript',
  },
  proxyAddress: 'Adresse des Proxys',
  proxyAddressHint:
    'Etwa http://proxy.example.com:3128; https://, wenn mit dem Proxy selbst TLS gesprochen wird; socks5://proxy.example.com:1080 für SOCKS5.',
  proxyAddressProblem:
    'Geben Sie eine Adresse wie http://proxy.example.com:3128 an, ohne Benutzer darin; auch https:// und socks5:// sind bekannt.',
  proxyExceptions: 'Ohne ihn erreicht',
  proxyExceptionsHint: 'Namen, Adressen und Netze, durch Kommas getrennt, etwa .corp.example, 10.0.0.0/8.',
  pacUrl: 'Adresse des Skripts',
  pacUrlHint: 'Etwa http://wpad.example.com/proxy.pac.',
  pacUrlProblem: 'Geben Sie die http- oder https-Adresse des Skripts an, ohne Benutzer darin.',
  proxyUserName: 'Benutzername',
  proxyUserNameHint:
    'Für einen Proxy, der mit Basic danach fragt, oder einen von SOCKS5. Andere (NTLM, Negotiate) müssen diesen Rechner ohne Anmeldung durchlassen.',
  proxyPassword: 'Kennwort',
  proxyPasswordKept: 'Hinterlegt; tippen Sie, um es zu ersetzen',
  proxyPasswordHint: 'Liegt im Tresor der App, nie in ihren Einstellungen.',
  proxyForBackends: 'Auch Anwendungen über ihn erreichen',
  proxyForBackendsHint: 'Nur wenn sie außerhalb dieses Netzes liegen.',
  proxyNoAnswer: 'Gespeichert, aber der Dienst antwortet auf diesem Weg nicht',
  proxyUndo: 'Zum Vorigen zurück',

  authorities: 'Zertifizierungsstellen',
  authoritiesText:
    'Ihnen wird für Postern neben denen dieses Rechners vertraut: einer eigenen Stelle des Dienstes oder der eines Netzes, das TLS prüft.',
  noAuthorities: 'Keine neben denen dieses Rechners.',
  addAuthority: 'Aus Datei hinzufügen…',
  removeAuthority: (name) => `${name} entfernen`,
  authorityAdded: (count) =>
    count === 0
      ? 'Schon bekannt'
      : count === 1
        ? 'Der Zertifizierungsstelle wird vertraut'
        : `${count} Zertifizierungsstellen wird vertraut`,
  authorityRemoved: 'Der Zertifizierungsstelle wird nicht mehr vertraut',
  addFailed: 'Das Hinzufügen ist misslungen',
  removeFailed: 'Das Entfernen ist misslungen',
  issuedBy: (issuer) => `ausgestellt von ${issuer}`,
  ownRoot: 'selbst signiert',
  validUntil: (date) => `gültig bis ${date}`,
  expiredOn: (date) => `abgelaufen am ${date}`,
  fromStart: 'beim Start der App genannt',

  allowList: 'Was dieser Rechner veröffentlichen darf',
  allowListText: 'Was der Dienst auch verlangt, anderes wird nicht angesprochen. Von außen kann das niemand ändern.',
  allowListEmpty:
    'Keine Regel: Alles darf angesprochen werden außer link-lokalen Adressen und denen von Cloud-Metadaten (169.254.0.0/16, fe80::/10 und ihresgleichen).',
  allowListRules:
    'Angesprochen wird, was zu einer der Regeln in allem passt, was sie nennt. Ein leeres Feld heißt: beliebig.',
  rule: (number) => `Regel ${number}`,
  addRule: 'Regel hinzufügen',
  removeRule: (number) => `Regel ${number} entfernen`,
  hosts: 'Namen',
  addresses: 'Adressen',
  ports: 'Ports',
  isTimed: 'Nur zu bestimmten Zeiten',
  days: 'Tage',
  from: 'Von',
  until: 'Bis',
  pastMidnight: 'des nächsten Tages',
  timeZone: 'Zeitzone',
  day: {
    monday: 'Mo',
    tuesday: 'Di',
    wednesday: 'Mi',
    thursday: 'Do',
    friday: 'Fr',
    saturday: 'Sa',
    sunday: 'So',
  },
  ruleProblem: {
    hosts: 'Namen wie intranet.corp.example oder *.corp.example, ohne Protokoll, Port oder Pfad.',
    addresses: 'Adressen oder Netze wie 10.0.0.0/8.',
    ports: 'Zahlen von 1 bis 65535 oder Bereiche wie 8000-8099.',
    days: 'Mindestens ein Tag.',
    from: 'Eine Zeit wie 07:30.',
    until: 'Eine Zeit wie 19:00, eine andere als die erste.',
    timeZone: 'Eine Zone wie Europe/Berlin.',
    all: 'Nennen Sie Namen, Adressen, Ports oder Zeiten.',
  },
  cutOffTitle: (count) =>
    count === 1
      ? 'Eine veröffentlichte Anwendung würde abgeschnitten'
      : `${count} veröffentlichte Anwendungen würden abgeschnitten`,
  cutOffMore: (count) => `und ${count} weitere`,
  checkUrl: 'Würde diese Adresse angesprochen?',
  check: 'Prüfen',
  isContacted: (addresses) => (addresses === '' ? 'Ja.' : `Ja, unter ${addresses}.`),
  isNotContacted: 'Nein.',
  checkFailed: 'Das Prüfen ist misslungen',

  retention: 'Verlauf des Verkehrs',
  retentionText: 'Wie viel davon auf der Platte dieses Rechners bleibt; das Älteste geht zuerst.',
  recordDays: 'Einzelne Anfragen',
  figureDays: 'Zahlen je Minute',
  maxMebibytes: 'Größe auf der Platte',
  daysUnit: 'Tage',
  numberProblem: (least, most) => `Eine ganze Zahl von ${least} bis ${most}.`,
};
