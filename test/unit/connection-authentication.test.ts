import { expect, test } from 'vitest';
import { asksForConnection, authenticatesConnection } from '../../src-shared/wire/connection-authentication.ts';

test.each(['NTLM abc', 'ntlm', 'Negotiate abc=', 'NEGOTIATE'])('%j says to a connection who the user is', (value) => {
  expect(authenticatesConnection(value)).toBe(true);
});

test.each(['Basic abc', 'Bearer ntlm', '', 'NTLMish x', 'Digest realm="Negotiate"'])('%j does not', (value) => {
  expect(authenticatesConnection(value)).toBe(false);
});

test('a challenge is found wherever it stands', () => {
  for (const value of ['NTLM', 'Negotiate', 'Negotiate abc=', 'Basic realm="x", NTLM', 'negotiate,ntlm']) {
    expect(asksForConnection(['X-A', '1', 'www-authenticate', 'Basic realm="y"', 'WWW-Authenticate', value])).toBe(
      true,
    );
  }
  for (const value of ['Basic realm="NTLM"', 'Bearer', 'NTLMish']) {
    expect(asksForConnection(['WWW-Authenticate', value, 'X-Authenticate', 'NTLM'])).toBe(false);
  }
});
