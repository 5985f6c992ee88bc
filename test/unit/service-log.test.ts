import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { batchLines, isoTime, serviceLogOptions } from '../../src-service/service-log.ts';

const SERVICE_LOG = fileURLToPath(new URL('../../src-service/service-log.ts', import.meta.url));

class Sink extends EventEmitter {
  readonly pieces: string[] = [];

  write(piece: string): void {
    this.pieces.push(piece);
  }

  flushSync(): void {
    this.pieces.push('flushed');
  }

  end(): void {
    this.pieces.push('ended');
  }

  destroy(): void {
    this.pieces.push('given up');
  }
}

describe('the log of the service', () => {
  test('says the time as ISO 8601 does, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4_102_444_800_000 })), (times) => {
        for (const time of times) expect(isoTime(time)).toBe(`,"time":"${new Date(time).toISOString()}"`);
      }),
    );
  });

  test('is lines of JSON with their time', async () => {
    const sink = new Sink();
    pino(serviceLogOptions('info'), batchLines({ sink, batchCharacters: 15_360 })).info({ a: 1 }, 'some.event');
    await expect.poll(() => sink.pieces).toHaveLength(1);
    const line = JSON.parse(sink.pieces.join('')) as { time: string };
    expect(line).toEqual({ level: 30, time: new Date(line.time).toISOString(), a: 1, msg: 'some.event' });
  });

  test('is written in pieces of many lines, in order', async () => {
    const sink = new Sink();
    const batch = batchLines({ sink, batchCharacters: 15_360 });
    const lines = Array.from({ length: 1000 }, (_, index) => `${index} ${'x'.repeat(40)}\n`);
    for (const line of lines) batch.write(line);
    await expect.poll(() => sink.pieces.join('')).toBe(lines.join(''));
    expect(sink.pieces.length).toBe(Math.ceil(lines.join('').length / 15_360));
  });

  test('is whole when the service stops, though its reader lags behind', async () => {
    // A pipe takes 64 KiB: the last piece fits in half, and nothing stands behind it.
    const program = `
      const { pino } = await import('pino');
      const { batchLines, serviceLogOptions } = await import(${JSON.stringify(SERVICE_LOG)});
      const lines = batchLines();
      const log = pino(serviceLogOptions('info'), lines);
      for (let index = 0; index < 300; index += 1) log.info({ index, text: 'x'.repeat(1000) }, 'some.event');
      process.stderr.write('stops');
      await lines.end();
      log.info('nobody hears this');
      process.exit(3);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = new Promise((resolve) => void child.once('exit', resolve));
    await new Promise((resolve) => void child.stderr.once('data', resolve));
    const lines = (await text(child.stdout)).trimEnd().split('\n');
    expect(await exited).toBe(3);
    expect(lines.map((line) => (JSON.parse(line) as { index: number }).index)).toEqual([...Array(300).keys()]);
  });

  test(
    'a reader that stops costs no more than 16 MiB, and hears how many lines it missed',
    { timeout: 60_000 },
    async () => {
      const program = `
      const { pino } = await import('pino');
      const { batchLines, serviceLogOptions } = await import(${JSON.stringify(SERVICE_LOG)});
      const lines = batchLines();
      const log = pino(serviceLogOptions('info'), lines);
      for (let index = 0; index < 2000; index += 1) log.info({ text: 'x'.repeat(10_000) }, 'some.event');
      process.stderr.write('written');
      process.stdin.once('end', () => void lines.end()).resume();`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
      await new Promise((resolve) => void child.stderr.once('data', resolve));
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
      await expect.poll(() => output.includes('log.lines_dropped'), { timeout: 50_000 }).toBe(true);
      child.stdin.end();
      await new Promise((resolve) => void child.once('close', resolve));
      const lines = output
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { msg: string; lines?: number });
      const told = lines
        .filter(({ msg }) => msg === 'log.lines_dropped')
        .reduce((sum, { lines: count = 0 }) => sum + count, 0);
      expect(told).toBeGreaterThan(100);
      expect(lines.filter(({ msg }) => msg === 'some.event').length + told).toBe(2000);
    },
  );

  test('a service whose log nobody reads any more stopped 5 s late', async () => {
    const sink = new Sink();
    const batch = batchLines({ sink, batchCharacters: 15_360 });
    batch.write('a line\n');
    // As pino's own sink: it fails once, and says nothing from then on.
    sink.emit('error', new Error('EPIPE'));
    await batch.end();
    expect(sink.pieces).toEqual(['a line\n', 'ended']);
  }, 4000);

  test('on a full disk ended the service at its second line, which then hung for ever', async () => {
    const program = `
      const { pino } = await import('pino');
      const { batchLines, serviceLogOptions } = await import(${JSON.stringify(SERVICE_LOG)});
      const lines = batchLines();
      const log = pino(serviceLogOptions('info'), lines);
      for (let index = 0; index < 3; index += 1) {
        log.info('some.event');
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      process.stderr.write('lives');
      await lines.end();
      process.exit(3);`;
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', full, 'pipe'] });
    closeSync(full);
    const exited = new Promise((resolve) => void child.once('exit', resolve));
    expect(await text(child.stderr as Readable)).toBe('lives');
    expect(await exited).toBe(3);
  });

  test('in a file is whole when the process ends, with the piece that was under way in front of the last lines or behind them', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'postern-log-'));
    const file = path.join(folder, 'service.log');
    const program = `
      const { pino } = await import('pino');
      const { batchLines, serviceLogOptions } = await import(${JSON.stringify(SERVICE_LOG)});
      const log = pino(serviceLogOptions('info'), batchLines());
      for (let index = 0; index < 5000; index += 1) {
        log.info({ index }, 'some.event');
        if (index % 1000 === 999) await new Promise((resolve) => void setImmediate(resolve));
      }
      process.exit(3);`;
    const output = openSync(file, 'a');
    try {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', output, 'inherit'],
      });
      expect(await new Promise((resolve) => void child.once('exit', resolve))).toBe(3);
      const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
      const indexes = lines.map((line) => (JSON.parse(line) as { index: number }).index);
      expect(indexes.toSorted((a, b) => a - b)).toEqual([...Array(5000).keys()]);
    } finally {
      closeSync(output);
      rmSync(folder, { recursive: true });
    }
  });

  test('is whole when the process ends', async () => {
    const program = `
      const { pino } = await import('pino');
      const { batchLines, serviceLogOptions } = await import(${JSON.stringify(SERVICE_LOG)});
      const log = pino(serviceLogOptions('info'), batchLines());
      for (let index = 0; index < 1000; index += 1) log.info({ index }, 'some.event');
      process.exit(3);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = new Promise((resolve) => void child.once('exit', resolve));
    const lines = (await text(child.stdout)).trimEnd().split('\n');
    expect(await exited).toBe(3);
    expect(lines.map((line) => (JSON.parse(line) as { index: number }).index)).toEqual(lines.map((_, index) => index));
    expect(lines).toHaveLength(1000);
  });
});
