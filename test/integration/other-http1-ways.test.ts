import { describe } from 'vitest';
import { http1Ways } from '../helpers/http1-ways.ts';

// What the suites show of our own HTTP/1.1 client must hold with undici in its place: it is what the connector falls back to.
http1Ways.client = 'undici';

describe('forwarder', async () => {
  await import('./forwarder.test.ts');
});
describe('desync', async () => {
  await import('./desync.test.ts');
});
describe('http semantics', async () => {
  await import('./http-semantics.test.ts');
});
