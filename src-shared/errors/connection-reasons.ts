/** What can be wrong on the connector's way to its service, hop by hop. `{code}` is the system's own word, by which the web is searched. */
export const CONNECTION_REASONS = {
  routesLate: 'Nobody said within {seconds} s by which proxy {host} is reached.',
  routesTooMany: 'Too many connections wait to be told by which proxy they go.',
  routesNone: 'There is no way to {host}.',
  routesUnknown: 'The system names {names}, and Postern goes by proxies of HTTP and of SOCKS5 alone.',

  proxyNotAccepting: 'The outbound proxy {proxy} did not accept a connection within {seconds} s.',
  proxyLate: 'The outbound proxy {proxy} did not answer within {seconds} s.',
  proxyUnreachable: 'The outbound proxy {proxy} could not be reached ({code}).',
  proxyRefusesConnection: 'The outbound proxy {proxy} could not be reached: nothing listens there ({code}).',
  proxyClosed: 'The outbound proxy {proxy} closed the connection before it had answered.',
  proxyCertificate: 'This machine does not trust the certificate of the outbound proxy {proxy} ({code}).',
  proxyAnswerUnreadable: 'What the outbound proxy {proxy} answered is no HTTP, or too long.',
  proxyNotHttp: 'What answers at {proxy} is no proxy of HTTP.',
  proxyNotSocks: 'What answers at {proxy} is no proxy of SOCKS5.',
  proxyRefused: 'The outbound proxy {proxy} opens no connection to {target}: it answered {status}.',
  proxyWantsPassword: 'The outbound proxy {proxy} asks for a user name and a password.',
  proxyPasswordWrong: 'The outbound proxy {proxy} does not accept the user name or the password.',
  proxyWantsOther:
    'The outbound proxy {proxy} asks for {schemes}, and this connector knows Basic alone. Have the proxy let this machine through to the service without a sign-in.',
  proxyWantsUnnamed:
    'The outbound proxy {proxy} asks for a sign-in that it does not name. Have the proxy let this machine through to the service without one.',

  socksFailed: 'The outbound proxy {proxy} opens no connection to {target}: it failed in general.',
  socksForbidden: 'The outbound proxy {proxy} opens no connection to {target}: its rules do not allow it.',
  socksNoNetwork: 'The outbound proxy {proxy} opens no connection to {target}: the network is unreachable.',
  socksNoHost: 'The outbound proxy {proxy} opens no connection to {target}: the host is unreachable.',
  socksConnectionRefused: 'The outbound proxy {proxy} opens no connection to {target}: the connection was refused.',
  socksTooFar: 'The outbound proxy {proxy} opens no connection to {target}: the way is too long.',
  socksCommandUnknown: 'The outbound proxy {proxy} opens no connection to {target}: it does not know the command.',
  socksAddressUnknown:
    'The outbound proxy {proxy} opens no connection to {target}: it does not know this kind of address.',
  socksWantsMethod: 'The outbound proxy {proxy} wants to sign in by a method ({method}) that was not offered.',
  socksWantsGssapi:
    "The outbound proxy {proxy} takes neither a password nor nobody's: it wants a sign-in that this connector does not know (GSSAPI).",
  socksPasswordTooLong:
    "The user name or the password for the outbound proxy {proxy} has more than {most} octets, which SOCKS can't carry.",
  socksNameTooLong: 'The name of the service is too long for SOCKS.',

  serviceUnresolved: 'The name in {host} could not be resolved ({code}).',
  serviceNameLate: 'The name server did not answer for {host} within {seconds} s.',
  serviceNotAccepting: '{host} did not accept a connection within {seconds} s.',
  serviceTlsLate: '{host} did not finish the TLS handshake within {seconds} s.',
  serviceUpgradeLate: '{host} did not answer the upgrade within {seconds} s.',
  serviceUnreachable: '{host} could not be reached ({code}).',
  serviceRefusesConnection: '{host} could not be reached: nothing listens there ({code}).',
  serviceNoWay: '{host} could not be reached: the network of this machine has no way there ({code}).',
  serviceReset: '{host} closed the connection before it had answered ({code}).',
  serviceNotTls: 'What answered at {host} does not speak TLS ({code}).',
  serviceNotHttp: 'What answered at {host} does not speak HTTP ({code}).',
  serviceNotPostern: 'A server answered at {host}, but it is not a Postern service (status {status}).',
  serviceStatus: '{host} refused the request with status {status}.',
  serviceAnswerUnreadable: 'The service answered the enrolment with something that this connector does not understand.',
  serviceTunnelsPlain: 'The service wants its tunnels without TLS ({url}). Have its publicUrl corrected.',

  certificateExpired: 'The certificate of {host} has expired, or one that vouches for it has ({code}).',
  certificateNotYetValid: 'The certificate of {host} is not valid yet; check the clock of this machine, too ({code}).',
  certificateSelfSigned: 'The certificate of {host} is self-signed, and this machine does not trust it ({code}).',
  certificateAuthority: 'The certificate of {host} comes from an authority that this machine does not trust ({code}).',
  certificateChain:
    'The certificate of {host} comes from an authority that this machine does not know, or the server does not send the certificates between ({code}).',
  certificateName: 'The certificate that the server shows does not name {host} ({code}).',
  certificateRefused: 'This machine does not trust the certificate of {host} ({code}).',

  tunnelNotTaken: '{host} answered with status {status}, but it takes no Postern tunnels.',
  tunnelRefused: '{host} refused the tunnel with status {status}.',
  tunnelAudience: 'The service calls itself {told}, but this connector enrolled with {known}.',
  tunnelHandshakeLate: 'The service did not answer the handshake within {seconds} s.',
  tunnelSilent: 'The service was silent for {seconds} s.',
  tunnelEnded: 'The other end closed the connection.',
  tunnelBroken: 'The connection broke ({code}).',
} as const;

export type ConnectionReasonKey = keyof typeof CONNECTION_REASONS;
