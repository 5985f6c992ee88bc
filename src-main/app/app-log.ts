import { pino } from 'pino';
import type { EngineLog } from '../connector/engine-runtime.ts';

const SECRET_PATHS = ['privateKey', '*.privateKey', 'accessToken', '*.accessToken', 'authorization', '*.authorization'];

/** JSON lines on standard error, with secrets struck out at the sink. */
export function makeAppLog(): EngineLog {
  const destination = pino.destination({ dest: 2, sync: true });
  return pino({ name: 'postern-desktop', redact: { paths: SECRET_PATHS, censor: '[secret]' } }, destination);
}
