/** What went wrong, as the app itself finds it; what the service says comes in its own words. */
export const problemsText = {
  unexpected: (detail: string) => `Postern failed in a way it did not expect: ${detail}`,
  unexpectedRemedy: 'Try again. If it happens again, restart the app and report it.',
  address: {
    missing: (_origin: string) => 'Enter the address of the service, such as https://postern.example.com.',
    scheme: (_origin: string) => 'The address must begin with https:// or http://.',
    malformed: (_origin: string) => 'This is not a valid address. It looks like https://postern.example.com.',
    credentials: (_origin: string) => 'Take the user name and password out of the address.',
    path: (origin: string) => `Leave out what follows the host: ${origin} is enough.`,
  },
  service: {
    unresolved: (host: string) => `No machine with the name ${host} was found.`,
    notHttps: (host: string) => `${host} does not speak https.`,
    certificateAuthority: (host: string) =>
      `The certificate of ${host} is signed by an authority that this machine does not trust.`,
    certificateDate: (host: string) => `The certificate of ${host} is not valid at this machine’s date.`,
    certificateName: (host: string) => `The certificate of the server does not name ${host}.`,
    certificateOther: (host: string, name: string) => `No secure connection to ${host} came about (${name}).`,
    refused: (host: string) => `${host} refuses the connection: nothing listens there.`,
    late: (host: string) => `${host} did not answer in time.`,
    noWay: (host: string) => `This machine has no way to ${host} at the moment.`,
    closed: (host: string) =>
      `${host} closed the connection without an answer. It may expect https instead of http, or be no web server.`,
    closedSecure: (host: string) =>
      `${host} closed the connection without an answer. It may be no web server, or something on the way cuts the connection.`,
    unreachable: (host: string, name: string) => `${host} could not be reached${name === '' ? '' : ` (${name})`}.`,
    status: (host: string, status: number) => `${host} answers with status ${status}.`,
    notPostern: (host: string) => `A web server answers at ${host}, but it is not a Postern service.`,
    notChosen: 'Choose a service first.',
  },
  signIn: {
    cancelled: 'The sign-in was cancelled.',
    noBrowser: (reason: string) => `No browser was opened on this machine (${reason}). Use another device.`,
    browserLate: (minutes: number) => `No answer came from the browser within ${minutes} minutes.`,
    codeLate: 'The code was not used in time.',
    unreachable: (reason: string) => `The identity provider cannot be reached (${reason}).`,
    refused: (reason: string) => `The identity provider refused the sign-in${reason === '' ? '' : ` (${reason})`}.`,
    noRole: (person: string, detail: string) => `${person} is no administrator of this service. ${detail}`,
  },
  capture: {
    starting: 'A capture is beginning already.',
    notServed: 'This connector does not serve the application now.',
    notAudited: (reason: string) =>
      `The service must have it in its audit before anybody looks at bodies, and it could not take it: ${reason}`,
    serviceTooOld:
      'The service is older than this app, and does not audit captures yet. Update it, then capture again.',
  },
  vault: {
    damaged: 'Its file in the vault is damaged.',
    keyStoreGone: 'It was sealed with a key store that is not there now.',
    unreadable: (detail: string) => `The identity of this connector can’t be opened: ${detail}`,
    notKept: (detail: string) =>
      `The connector was made at the service, but its identity can’t be kept on this machine (${detail}). It does not run yet; enrolled once more as it is, it becomes the same connector.`,
    notRemoved: (detail: string) =>
      `The identity of this connector can’t be removed from this machine (${detail}). It stays connected.`,
  },
  authorities: {
    unreadable: (file: string, detail: string) => `${file} can’t be read: ${detail}`,
    none: 'There is no certificate in it. Choose a file in PEM form, which begins with -----BEGIN CERTIFICATE-----, or one certificate in DER form.',
    privateKey:
      'There is a private key in it, and no certificate. Choose the file with the authority’s certificate; the key was not taken, and belongs nowhere but to the authority itself.',
    damaged: 'A certificate in it is damaged.',
    expired: (name: string, date: string) =>
      `${name} expired on ${date}: nothing is checked by it any more. Choose the certificate that has taken its place.`,
    notOne: (name: string) =>
      `${name} is no certificate authority: others can’t be checked by it. Choose the certificate of the authority that issued it.`,
    tooMany: (most: number) => `There can be ${most} at most. Remove one first.`,
  },
  allowList: {
    noAddress: 'This is no http or https address.',
  },
  settings: {
    notKept: (detail: string) => `The setting can’t be kept on this machine (${detail}). It stays as it was.`,
    pauseNotKept: (detail: string) =>
      `Nothing is served any more, but that can’t be kept on this machine (${detail}): started anew, it would serve again.`,
    resumeNotKept: (detail: string) =>
      `It serves again, but that can’t be kept on this machine (${detail}): started anew, it would be paused.`,
  },
  notStarted: (detail: string) => `Postern can’t start on this machine: ${detail}`,
  leftUnknown: 'Whether it came to be can’t be found out any more: look for it in its list, and delete it there.',
  isEnrolled: 'The connector is enrolled already. Disconnect it in the settings to start over.',
  notEnrolled: 'Enrol the connector before the set-up can end.',
  requestGone: 'The request is not kept any more.',
  wildcardNotAsked: 'A wildcard stands for many addresses, of which none can be asked.',
  onlyHttps: (url: string) => `Only https addresses are opened, not ${url}.`,
  triesAgain: 'Nothing needs to be done: the connector tries again by itself.',
};
