import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';

/**
 * The request as a curl command for a POSIX shell. What a record doesn't hold, since it may be secret, stands there as a
 * placeholder: `[secret]` in the URL, the sign-in and the body.
 */
export function toCurl({ method, url, isUpgrade }: TrafficRecord): string {
  const parts = ['curl', '--include', '--path-as-is'];
  if (method === 'HEAD') parts.push('--head');
  else if (method !== 'GET') parts.push('--request', quote(method));
  if (isUpgrade) {
    parts.push('--no-buffer', '--http1.1');
    const headers = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
    for (const header of [...headers, 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==']) {
      parts.push('--header', quote(header));
    }
  }
  parts.push('--header', quote('Cookie: [secret]'));
  if (['POST', 'PUT', 'PATCH'].includes(method)) parts.push('--data-binary', quote('[body]'));
  return [...parts, quote(url)].join(' ');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
