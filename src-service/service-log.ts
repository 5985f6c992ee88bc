import { type LoggerOptions, pino } from 'pino';

/** Names under which a secret could get into a log line. */
const REDACTED = [
  '*.authorization',
  '*.cookie',
  '*.clientSecret',
  '*.token',
  '*.idToken',
  '*.proof',
  '*.password',
  '*.pfx',
  '*.privateKey',
  '*.privateKeyPassphrase',
];

/** How the service logs: JSON lines with the time in words, and secrets struck out at the sink. */
export function serviceLogOptions(level: string): LoggerOptions {
  return {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACTED, censor: '[secret]' },
  };
}
