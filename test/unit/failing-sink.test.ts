import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const FAILING_SINK = fileURLToPath(new URL('../../src-shared/logging/failing-sink.ts', import.meta.url));

test.each([
  ['the headless connector', '{ sync: false, minLength: 15_360, periodicFlush: 50, maxLength: 1_000_000 }'],
  ['the desktop app', '{ dest: 2, sync: true, maxLength: 1_000_000 }'],
])('on a full disk the log ended %s, or kept it from ending', async (_who, options) => {
  const program = `
    const { pino } = await import('pino');
    const { outliveFailures } = await import(${JSON.stringify(FAILING_SINK)});
    const sink = pino.destination(${options});
    outliveFailures(sink, process);
    const log = pino(sink);
    for (let index = 0; index < 20; index += 1) {
      log.info('x'.repeat(10_000));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    process.send('lives');
    process.exit(3);`;
  const full = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', full, full, 'ipc'],
  });
  closeSync(full);
  const heard: unknown[] = [];
  child.on('message', (message) => void heard.push(message));
  expect(await new Promise((resolve) => void child.once('exit', resolve))).toBe(3);
  expect(heard).toEqual(['lives']);
});
