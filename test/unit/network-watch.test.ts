import { expect, test } from 'vitest';
import { NetworkWatch } from '../../src-main/connector/network-watch.ts';
import { systemRuntime } from '../helpers/this-machine.ts';

test('B65 other addresses are noticed while it looks, and only then', async () => {
  let addresses = '10.0.0.2';
  let changes = 0;
  const watch = new NetworkWatch({ ...systemRuntime, networkAddresses: () => addresses }, () => {
    changes += 1;
  });
  watch.isOn = true;
  addresses = '';
  await expect.poll(() => changes, { timeout: 10_000 }).toBe(1);
  watch.isOn = false;
  addresses = '10.0.0.3';
  watch.isOn = true;
  addresses = '10.0.0.4';
  await expect.poll(() => changes, { timeout: 10_000 }).toBe(2);
  watch.isOn = false;
});

test('the addresses of this machine leave out those that never change', () => {
  expect(systemRuntime.networkAddresses().split(' ')).not.toContain('127.0.0.1');
});
