/** Schemes that tie who the user is to a connection, not to a request (RFC 4559 section 5; NTLM over HTTP, MS-NTHT). */
const CONNECTION_SCHEME = /^(?:ntlm|negotiate)(?:$|[ ,])/i;
const CHALLENGE = /(?:^|,)\s*(?:ntlm|negotiate)\s*(?:$|[ ,])/i;

/** Whether an `Authorization` value authenticates the connection that it comes by. */
export function authenticatesConnection(authorization: string): boolean {
  return CONNECTION_SCHEME.test(authorization);
}

/** Whether a `WWW-Authenticate` among these flat headers asks for that. */
export function asksForConnection(headers: readonly string[]): boolean {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string;
    if (name.length !== 16 || name.toLowerCase() !== 'www-authenticate') continue;
    if (CHALLENGE.test(headers[index + 1] as string)) return true;
  }
  return false;
}
