import { expect, test } from 'vitest';
import { describeNetworkTrouble } from '../../src-service/identity/provider-trouble.ts';

/** An error as undici's fetch throws it. */
function fetchError(code: string, message = code): Error {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(message), { code }) });
}

test.for([
  ['ENOTFOUND', 'SIGNIN_PROVIDER', 'DNS has no address for login.example'],
  ['EAI_AGAIN', 'SIGNIN_PROVIDER', 'DNS has no address for login.example'],
  ['ECONNREFUSED', 'SIGNIN_PROVIDER', 'login.example cannot be connected to (ECONNREFUSED)'],
  ['UND_ERR_CONNECT_TIMEOUT', 'SIGNIN_PROVIDER', 'did not answer in time'],
  ['UND_ERR_SOCKET', 'SIGNIN_PROVIDER', 'cannot be connected to'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'SIGNIN_PROVIDER', 'does not speak TLS there'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'SIGNIN_PROVIDER_UNTRUSTED', 'name it in caFile'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'SIGNIN_PROVIDER_UNTRUSTED', 'name it in caFile'],
  ['CERT_HAS_EXPIRED', 'SIGNIN_PROVIDER_UNTRUSTED', 'renew it there'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'SIGNIN_PROVIDER_UNTRUSTED', 'for another host'],
] as const)('%s on the way to a provider is %s, with a remedy', ([code, errorCode, words]) => {
  const found = describeNetworkTrouble(fetchError(code), 'login.example');
  expect(found?.code).toBe(errorCode);
  expect(found?.trouble.message).toContain(words);
});

test('the first of several addresses that failed stands for all, and an answer is no trouble on the way', () => {
  const all = new AggregateError([fetchError('ECONNREFUSED'), fetchError('ENETUNREACH')], 'all failed');
  const found = describeNetworkTrouble(new TypeError('fetch failed', { cause: all }), 'login.example');
  expect(found?.trouble.message).toContain('ECONNREFUSED');
  expect(describeNetworkTrouble(new Error('no code at all'), 'login.example')).toBeNull();
});
