/** Whether a host, as the URL parser spells it, can only be this machine (RFC 6761 section 6.3, RFC 1122, RFC 4291). */
export function isLoopbackHost(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname)
  );
}
