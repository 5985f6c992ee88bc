import type { Hop } from '../../errors/failing-hop.ts';
import type { ErrorCode } from '../../errors/registry.ts';

/** Why a request failed, and what to do, in words for an administrator. */
export interface Explanation {
  readonly cause: string;
  readonly remedy: string;
}

const certificate = 'The application’s certificate is not accepted: ';

/** By error. What has no words here is told by its hop and by the error’s own sentence. */
const errors: Partial<Readonly<Record<ErrorCode, Explanation>>> = {
  STREAM_CANCELLED: {
    cause: 'The user closed the page, or lost the connection, before the answer was complete.',
    remedy: 'Nothing, unless it happens often: then look how long the application takes to answer.',
  },
  STREAM_REFUSED: {
    cause: 'The connector takes no more requests: it stops, or has as many as it can carry.',
    remedy: 'Start another connector in the group, or wait until this one is back.',
  },
  STREAM_LIMIT: {
    cause: 'The tunnel carried as many requests at once as it may.',
    remedy: 'Add a connector to the group. If requests hang in the application, mend that first.',
  },
  STREAM_IDLE: {
    cause: 'Nothing moved on the WebSocket for as long as the application allows.',
    remedy: 'Allow a longer silence in the application’s settings, or have it send a sign of life.',
  },
  TUNNEL_CLOSED: {
    cause: 'The connection between connector and service broke while the request was under way.',
    remedy: 'Look at the connector’s network at that time. A second connector in the group bridges such gaps.',
  },
  TUNNEL_TIMEOUT: {
    cause: 'The connector had gone silent: its machine or network stood still.',
    remedy: 'Look at the connector’s machine at that time. A second connector in the group bridges such gaps.',
  },
  TUNNEL_REVOKED: {
    cause: 'The connector was removed or revoked while the request was under way.',
    remedy: 'Enrol the machine again if it is to serve.',
  },
  TUNNEL_DRAINING: {
    cause: 'The connector was being stopped.',
    remedy: 'Try again. A second connector in the group lets one be stopped unnoticed.',
  },
  APPLICATION_UNKNOWN: {
    cause: 'The connector doesn’t know the application: it has not taken the present configuration.',
    remedy: 'Look at “Connectors” for what it could not take.',
  },
  BACKEND_REFUSED: {
    cause: 'Nothing listens at the address and port of the internal URL, or a firewall refuses it.',
    remedy: 'Start the application, or correct the port in its internal URL.',
  },
  BACKEND_UNRESOLVED: {
    cause: 'The DNS of the connector’s network doesn’t know the host of the internal URL.',
    remedy: 'Correct the host name, or add it to the DNS of that network.',
  },
  BACKEND_UNREACHABLE: {
    cause: 'There is no way from the connector to the application’s network.',
    remedy: 'Check the network of the connector’s machine, and its routes.',
  },
  BACKEND_CONNECT_TIMEOUT: {
    cause: 'The application’s machine did not answer the connector at all.',
    remedy: 'Check that the machine runs, and that no firewall stands between it and the connector.',
  },
  BACKEND_RESET: {
    cause: 'The application closed the connection before its answer was complete.',
    remedy:
      'Look at the application’s own log. Check, too, whether it expects https and not http, or the other way round.',
  },
  BACKEND_TIMEOUT: {
    cause: 'The application did not answer within the time that it is allowed.',
    remedy:
      'Open it on the connector’s machine to see whether it is slow there; else allow it more time in its settings.',
  },
  BACKEND_PROTOCOL: {
    cause: 'What answered is not proper HTTP.',
    remedy: 'Check that a web server listens at that port, and whether it expects https.',
  },
  BACKEND_FORBIDDEN: {
    cause:
      'The connector may not contact that host: its own allow-list says so, or it is an address that nobody publishes.',
    remedy: 'Have whoever runs the connector’s machine allow the host, or correct the internal URL.',
  },
  BACKEND_TLS: {
    cause: 'Connector and application could not agree on a secure connection.',
    remedy:
      'Check whether the application expects http instead of https at that port, and which TLS versions it knows.',
  },
  BACKEND_CERTIFICATE: {
    cause: `${certificate}something is wrong with it.`,
    remedy: 'Have it put right, or turn its check off for this application.',
  },
  BACKEND_CERTIFICATE_EXPIRED: {
    cause: `${certificate}it has expired, or is not valid yet.`,
    remedy: 'Renew it, and check the clock of the connector’s machine.',
  },
  BACKEND_CERTIFICATE_NAME: {
    cause: `${certificate}it is for another name than the internal URL has.`,
    remedy: 'Use a name that the certificate has, or have one made for this name.',
  },
  BACKEND_CERTIFICATE_ISSUER: {
    cause: `${certificate}the connector’s machine doesn’t trust who issued it.`,
    remedy: 'Trust that authority for this application, or install it on the connector’s machine.',
  },
  BACKEND_CERTIFICATE_SELF_SIGNED: {
    cause: `${certificate}the application has signed it itself.`,
    remedy: 'Trust the certificate for this application, or turn its check off.',
  },
  EDGE_NOT_FOUND: {
    cause: 'No application is published at that address.',
    remedy: 'Check the address, and whether the application’s external URL covers its path.',
  },
  EDGE_BAD_TARGET: {
    cause: 'The address can be read in two ways, which is how attacks begin; it is refused.',
    remedy: 'If a program of yours makes such addresses, have it encode them properly.',
  },
  EDGE_BAD_REQUEST: {
    cause: 'The request is not proper HTTP, or can be read in two ways.',
    remedy: 'If a program of yours sends it, have that mended.',
  },
  EDGE_HEADERS_TOO_LARGE: {
    cause: 'The request’s headers are larger than is let through; mostly it is the cookies.',
    remedy: 'Have the user clear the cookies of that address.',
  },
  EDGE_BODY_TOO_LARGE: {
    cause: 'What was sent is larger than the application allows.',
    remedy: 'Raise “largest body” in the application’s settings if it is to be let through.',
  },
  EDGE_RATE_LIMITED: {
    cause: 'More requests came in a second than the application or the service lets through.',
    remedy: 'Raise the rate in the application’s settings, or find out who asks so often.',
  },
  EDGE_OVERLOADED: {
    cause: 'As many requests were under way at once as the application or the service allows.',
    remedy: 'If requests hang in the application, mend that; else raise “requests at once” in its settings.',
  },
  EDGE_FORBIDDEN: {
    cause: 'The user is signed in, but is not assigned to the application.',
    remedy: 'Assign the user, or a group of theirs, under “Applications”.',
  },
  EDGE_GROUPS_UNKNOWN: {
    cause: 'The user’s groups could not be learned from the identity provider.',
    remedy: 'Try again in a minute; if it lasts, check what the service may ask of the provider.',
  },
  EDGE_ACCESS_BLOCKED: {
    cause: 'A condition of the application keeps the user out: their network, the hour, or how they signed in.',
    remedy: 'Look at the application’s conditions; a dry run at the admin API names the one that decides.',
  },
  EDGE_STEP_UP: {
    cause: 'The application demands a stronger or fresher sign-in than the user had.',
    remedy: 'The user signs in once more. A program can’t: give it a token of its own.',
  },
  EDGE_UNAUTHENTICATED: {
    cause: 'Nobody was signed in, and the request was none that can be led to a sign-in, such as one of a script.',
    remedy: 'Have the user reload the page and sign in. A program needs an access token.',
  },
  EDGE_TOKEN_INVALID: {
    cause: 'The access token is malformed, has expired, or is for somebody else.',
    remedy: 'Have the program fetch a fresh token for this application.',
  },
  EDGE_TOKEN_FORBIDDEN: {
    cause: 'The access token is valid, but its bearer is not assigned to the application.',
    remedy: 'Assign the program or the user to the application.',
  },
  EDGE_MAINTENANCE: {
    cause: 'The application is in maintenance: nothing reaches it.',
    remedy: 'Turn “In maintenance” off in its settings when it is to be used again.',
  },
  EDGE_NO_CONNECTOR: {
    cause: 'No connector of the application’s group took requests at that moment.',
    remedy:
      'Start a connector of that group, or give one that drains requests again; “Connectors” shows which there are.',
  },
  EDGE_PREFLIGHT: {
    cause: 'A page of another site wanted to use the application, which its CORS rules don’t allow.',
    remedy: 'Add that site to the CORS rules of the application if it may.',
  },
  SIGNIN_DENIED: {
    cause: 'The identity provider did not let the user in, or the user turned back.',
    remedy: 'Look at the sign-in log of the identity provider.',
  },
  SIGNIN_STATE: {
    cause: 'The sign-in was begun in another tab or browser, or took too long.',
    remedy: 'Have the user open the application anew.',
  },
  SIGNIN_CLOCK: {
    cause: 'The clocks of the service and of the identity provider differ by more than five minutes.',
    remedy: 'Have whoever runs the service set its clock.',
  },
  SIGNIN_PROVIDER: {
    cause: 'The identity provider could not be reached, or answered with an error.',
    remedy: 'Try again in a minute; if it lasts, look whether the provider has a trouble.',
  },
  SIGNIN_CLIENT: {
    cause: 'The identity provider refuses the service itself: its secret or registration is not right any more.',
    remedy: 'Have whoever runs the service renew its client secret at the provider.',
  },
  STORE_UNAVAILABLE: {
    cause: 'The service could not reach its database.',
    remedy: 'Have whoever runs the service look at its log.',
  },
};

/** By hop, where the error has no words of its own. */
const hops: Readonly<Record<Hop, Explanation>> = {
  client: { cause: 'It ended on the user’s side.', remedy: 'Have the user try again.' },
  service: {
    cause: 'It failed within the service.',
    remedy: 'Have whoever runs the service look at its log, by this id.',
  },
  'sign-in': { cause: 'The sign-in did not come to its end.', remedy: 'Have the user try again, in a new tab.' },
  policy: {
    cause: 'A rule of the application or of the service refused it.',
    remedy: 'Look at the application’s settings.',
  },
  connector: { cause: 'The connector could not handle it.', remedy: 'Look at the connector’s log, by this id.' },
  tunnel: {
    cause: 'The connection between connector and service failed.',
    remedy: 'Run the self-test on the connector’s computer.',
  },
  dns: { cause: 'The application’s host name was not found.', remedy: 'Correct it, or add it to the DNS.' },
  connect: { cause: 'The application could not be reached.', remedy: 'Check that it runs, and firewalls on the way.' },
  tls: {
    cause: 'The connection to the application could not be secured.',
    remedy: 'Check the application’s certificate.',
  },
  backend: { cause: 'The application failed.', remedy: 'Look at the application’s own log.' },
};

/** Names of the stations, in a row. */
const stations: Readonly<Record<Hop, string>> = {
  client: 'User',
  service: 'Service',
  'sign-in': 'Sign-in',
  policy: 'Rules',
  connector: 'Connector',
  tunnel: 'Tunnel',
  dns: 'Name',
  connect: 'Connection',
  tls: 'TLS',
  backend: 'Application',
};

/** “Why did this fail?” */
export const whyText = {
  title: 'Why did this fail?',
  intro:
    'Error pages show an activity id. Paste it, or the whole page, to learn where the request failed and what to do.',
  placeholder: 'Activity id, such as 6c2a1f0e-…',
  label: 'Activity id',
  find: 'Find',
  finding: 'Looking…',
  noId: 'There is no activity id in this text. It has 36 characters, such as 6c2a1f0e-3b7d-4c51-9e2f-0a1b2c3d4e5f.',
  failed: 'It could not be looked up',
  failedAt: (station: string) => `It failed at: ${station}`,
  way: 'The way of the request',
  passed: 'passed',
  failedHere: 'failed here',
  notReached: 'not reached',
  whatToDo: 'What to do',
  said: 'What was said',
  mayRepeat: 'The same may go well later with nothing changed.',
  openTraffic: 'Show it in the traffic',
  notFailed: 'It did not fail on this way',
  notFailedText: (status: string) =>
    `The application itself answered with status ${status}, and that reached the user unchanged.`,
  notFailedRemedy: 'If the answer was not what it should be, look at the application’s own log at that time.',
  stillOpen: 'It is still under way.',
  unknown: 'Nothing is known of this id',
  unknownReasons: [
    'It did not fail, and went through another connector.',
    'It is too long ago: the service keeps its last failures only, and this connector what its settings say.',
    'The service was started again since, or consists of several nodes, of which another one had it.',
  ],
  serviceNotAsked: (reason: string) => `The service could not be asked: ${reason}`,
  otherConnector: (name: string) => `Another connector served it: ${name}. More is in the traffic of that computer.`,
  anotherConnector: 'one of the same group',
  facts: {
    time: 'Time',
    request: 'Request',
    application: 'Application',
    user: 'User',
    status: 'Status',
    duration: 'Time taken',
    code: 'Error',
    activityId: 'Activity id',
  },
  notSignedIn: 'not signed in',
  none: 'none',
  explanation: { errors, hops, stations },
};
