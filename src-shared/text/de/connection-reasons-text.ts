import type { ConnectionReasonKey } from '../../errors/connection-reasons.ts';

export const connectionReasonsText: Readonly<Record<ConnectionReasonKey, string>> = {
  routesLate: 'Binnen {seconds} s stand nicht fest, über welchen Proxy {host} zu erreichen ist.',
  routesTooMany: 'Zu viele Verbindungen warten darauf, zu erfahren, über welchen Proxy sie gehen.',
  routesNone: 'Es gibt keinen Weg zu {host}.',
  routesUnknown: 'Das System nennt {names}; Postern geht nur über Proxys von HTTP und von SOCKS5.',

  proxyNotAccepting: 'Der ausgehende Proxy {proxy} nahm binnen {seconds} s keine Verbindung an.',
  proxyLate: 'Der ausgehende Proxy {proxy} hat binnen {seconds} s nicht geantwortet.',
  proxyUnreachable: 'Der ausgehende Proxy {proxy} war nicht zu erreichen ({code}).',
  proxyRefusesConnection: 'Der ausgehende Proxy {proxy} war nicht zu erreichen: Dort lauscht nichts ({code}).',
  proxyClosed: 'Der ausgehende Proxy {proxy} schloss die Verbindung, bevor er geantwortet hatte.',
  proxyCertificate: 'Dieser Rechner vertraut dem Zertifikat des ausgehenden Proxys {proxy} nicht ({code}).',
  proxyAnswerUnreadable: 'Was der ausgehende Proxy {proxy} geantwortet hat, ist kein HTTP oder zu lang.',
  proxyNotHttp: 'Was unter {proxy} antwortet, ist kein HTTP-Proxy.',
  proxyNotSocks: 'Was unter {proxy} antwortet, ist kein SOCKS5-Proxy.',
  proxyRefused: 'Der ausgehende Proxy {proxy} öffnet keine Verbindung zu {target}: Er antwortete {status}.',
  proxyWantsPassword: 'Der ausgehende Proxy {proxy} verlangt Benutzernamen und Kennwort.',
  proxyPasswordWrong: 'Der ausgehende Proxy {proxy} nimmt Benutzernamen oder Kennwort nicht an.',
  proxyWantsOther:
    'Der ausgehende Proxy {proxy} verlangt {schemes}, und dieser Connector kennt nur Basic. Lassen Sie diesen Rechner im Proxy ohne Anmeldung zum Dienst durch.',
  proxyWantsUnnamed:
    'Der ausgehende Proxy {proxy} verlangt eine Anmeldung, die er nicht nennt. Lassen Sie diesen Rechner im Proxy ohne Anmeldung zum Dienst durch.',

  socksFailed: 'Der ausgehende Proxy {proxy} öffnet keine Verbindung zu {target}: Er ist daran gescheitert.',
  socksForbidden: 'Der ausgehende Proxy {proxy} öffnet keine Verbindung zu {target}: Seine Regeln erlauben es nicht.',
  socksNoNetwork: 'Der ausgehende Proxy {proxy} öffnet keine Verbindung zu {target}: Das Netz ist nicht erreichbar.',
  socksNoHost: 'Der ausgehende Proxy {proxy} öffnet keine Verbindung zu {target}: Der Rechner ist nicht erreichbar.',
  socksConnectionRefused:
    'Der ausgehende Proxy {proxy} öffnet keine Verbindung zu {target}: Die Verbindung wurde abgewiesen.',
  socksTooFar: 'Der ausgehende Proxy {proxy} öffnet keine Verbindung zu {target}: Der Weg ist zu weit.',
  socksCommandUnknown: 'Der ausgehende Proxy {proxy} öffnet keine Verbindung zu {target}: Er kennt den Befehl nicht.',
  socksAddressUnknown:
    'Der ausgehende Proxy {proxy} öffnet keine Verbindung zu {target}: Er kennt diese Art von Adresse nicht.',
  socksWantsMethod: 'Der ausgehende Proxy {proxy} verlangt ein Anmeldeverfahren ({method}), das nicht angeboten war.',
  socksWantsGssapi:
    'Der ausgehende Proxy {proxy} nimmt weder ein Kennwort noch verzichtet er darauf: Er verlangt eine Anmeldung, die dieser Connector nicht kennt (GSSAPI).',
  socksPasswordTooLong:
    'Benutzername oder Kennwort für den ausgehenden Proxy {proxy} haben mehr als {most} Oktette; das kann SOCKS nicht befördern.',
  socksNameTooLong: 'Der Name des Dienstes ist zu lang für SOCKS.',

  serviceUnresolved: 'Der Name in {host} ließ sich nicht auflösen ({code}).',
  serviceNameLate: 'Der Nameserver hat binnen {seconds} s nichts zu {host} geantwortet.',
  serviceNotAccepting: '{host} nahm binnen {seconds} s keine Verbindung an.',
  serviceTlsLate: '{host} war binnen {seconds} s nicht mit dem TLS-Handshake fertig.',
  serviceUpgradeLate: '{host} hat den Wechsel zu WebSocket binnen {seconds} s nicht beantwortet.',
  serviceUnreachable: '{host} war nicht zu erreichen ({code}).',
  serviceRefusesConnection: '{host} war nicht zu erreichen: Dort lauscht nichts ({code}).',
  serviceNoWay: '{host} war nicht zu erreichen: Das Netz dieses Rechners hat keinen Weg dorthin ({code}).',
  serviceReset: '{host} schloss die Verbindung, bevor eine Antwort kam ({code}).',
  serviceNotTls: 'Was unter {host} antwortet, spricht kein TLS ({code}).',
  serviceNotHttp: 'Was unter {host} antwortet, spricht kein HTTP ({code}).',
  serviceNotPostern: 'Unter {host} antwortet ein Server, aber kein Postern-Dienst (Status {status}).',
  serviceStatus: '{host} hat die Anfrage mit dem Status {status} abgelehnt.',
  serviceAnswerUnreadable:
    'Der Dienst hat auf die Registrierung etwas geantwortet, das dieser Connector nicht versteht.',
  serviceTunnelsPlain: 'Der Dienst will seine Tunnel ohne TLS ({url}). Lassen Sie seine publicUrl berichtigen.',

  certificateExpired: 'Das Zertifikat von {host} ist abgelaufen, oder eines, das für es bürgt ({code}).',
  certificateNotYetValid:
    'Das Zertifikat von {host} gilt noch nicht; prüfen Sie auch die Uhr dieses Rechners ({code}).',
  certificateSelfSigned:
    'Das Zertifikat von {host} ist selbst signiert, und dieser Rechner vertraut ihm nicht ({code}).',
  certificateAuthority:
    'Das Zertifikat von {host} kommt von einer Zertifizierungsstelle, der dieser Rechner nicht vertraut ({code}).',
  certificateChain:
    'Das Zertifikat von {host} kommt von einer Zertifizierungsstelle, die dieser Rechner nicht kennt, oder der Server schickt die Zertifikate dazwischen nicht mit ({code}).',
  certificateName: 'Das Zertifikat, das der Server zeigt, nennt {host} nicht ({code}).',
  certificateRefused: 'Dieser Rechner vertraut dem Zertifikat von {host} nicht ({code}).',

  tunnelNotTaken: '{host} antwortete mit dem Status {status}, nimmt aber keine Postern-Tunnel an.',
  tunnelRefused: '{host} hat den Tunnel mit dem Status {status} abgelehnt.',
  tunnelAudience: 'Der Dienst nennt sich {told}, dieser Connector wurde aber bei {known} registriert.',
  tunnelHandshakeLate: 'Der Dienst hat den Handshake binnen {seconds} s nicht beantwortet.',
  tunnelSilent: 'Der Dienst hat {seconds} s lang geschwiegen.',
  tunnelEnded: 'Die andere Seite hat die Verbindung geschlossen.',
  tunnelBroken: 'Die Verbindung ist abgerissen ({code}).',
};
