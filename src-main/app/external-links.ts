/** Opens an address in the user's browser. */
export type OpenExternal = (url: string) => Promise<void>;

/**
 * Whether an address may be handed to the operating system: https anywhere, plain http only on this very machine
 * (`localhost`, `*.localhost`, 127.0.0.0/8, `[::1]`). Every other scheme could start a program.
 */
export function isSafeExternalUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && isLoopbackHost(url.hostname);
}

/** Whether a host name, as the URL parser spells it, is this machine by definition (RFC 6761 section 6.3, RFC 1122). */
export function isLoopbackHost(hostname: string): boolean {
  if (hostname === 'localhost' || hostname === '[::1]') return true;
  return hostname.endsWith('.localhost') || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}
