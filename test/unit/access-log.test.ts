import type { IncomingMessage, ServerResponse } from 'node:http';
import fc from 'fast-check';
import { type DestinationStream, pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { ERRORS, type ErrorCode } from '../../src-shared/errors/registry.ts';
import { AccessLog, type InfoLines } from '../../src-service/edge/access-log.ts';
import { EdgeExchange } from '../../src-service/edge/edge-exchange.ts';
import type { Branding } from '../../src-service/portal/branding.ts';
import { makeInfoLines, serviceLogOptions } from '../../src-service/service-log.ts';

class Lines implements DestinationStream {
  text = '';

  write(line: string): void {
    this.text += line;
  }
}

/** What one exchange leaves, but for the time, which is checked. */
function lineOf(exchange: EdgeExchange, makeLines: (lines: Lines) => InfoLines | null): object {
  const lines = new Lines();
  new AccessLog(pino(serviceLogOptions('info'), lines), makeLines(lines)).write(exchange, 1_000_012);
  expect(lines.text.endsWith('}\n')).toBe(true);
  expect(lines.text.split('\n')).toHaveLength(2);
  const { time, ...line } = JSON.parse(lines.text) as { time: string };
  expect(new Date(time).toISOString()).toBe(time);
  return line;
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constant('x'.repeat(600)),
  fc.constant('"\\\n\u2028\u0000'),
);
const anyExchange = fc
  .record({
    method: fc.option(text, { nil: undefined }),
    host: fc.option(text, { nil: undefined }),
    url: fc.option(text, { nil: undefined }),
    status: fc.option(fc.integer({ min: 100, max: 999 })),
    isFinished: fc.boolean(),
    isUpgrade: fc.boolean(),
    applicationId: fc.option(text),
    userId: fc.option(text),
    errorCode: fc.option(fc.constantFrom(...(Object.keys(ERRORS) as ErrorCode[]))),
    errorCause: fc.option(text),
    policy: fc.option(text),
    reportedPolicies: fc.array(text, { maxLength: 3 }),
  })
  .map(({ method, host, url, status, isFinished, isUpgrade, ...record }) => {
    const request = { method, url, headers: { host } } as IncomingMessage;
    const response = {
      headersSent: status !== null,
      statusCode: status ?? 200,
      writableFinished: isFinished,
    } as ServerResponse;
    const output = isUpgrade ? ({ request, socket: {} } as unknown as EdgeExchange['output']) : { response };
    const exchange = new EdgeExchange(request, output, 'an id', 1_000_000, {} as Branding);
    Object.assign(exchange.record, record);
    return exchange;
  });

describe('the line of a request', () => {
  test('says the same whether the log or the service puts it together', () => {
    fc.assert(
      fc.property(anyExchange, (exchange) => {
        expect(lineOf(exchange, (lines) => makeInfoLines('info', lines))).toEqual(lineOf(exchange, () => null));
      }),
    );
  });

  test.each([
    ['trace', true],
    ['info', true],
    ['warn', false],
    ['silent', false],
  ] as const)('at the level %s is written: %s', (level, isWritten) => {
    expect(makeInfoLines(level, new Lines()) !== null).toBe(isWritten);
  });
});
