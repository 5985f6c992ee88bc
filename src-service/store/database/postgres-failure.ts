import { DatabaseError } from 'pg';
import { StoreFailure, type StoreFailureReason } from './store-failure.ts';

/** SQLSTATE codes, or their classes, by what they mean for the service. */
const REASONS: Readonly<Record<string, StoreFailureReason>> = {
  '08': 'unreachable',
  '25006': 'read-only',
  '28': 'refused',
  '3D000': 'refused',
  '42501': 'refused',
  '53100': 'full',
  '53200': 'full',
  '53300': 'unreachable',
  '55P03': 'locked',
  '57014': 'locked',
  '57P01': 'unreachable',
  '57P02': 'unreachable',
  '57P03': 'unreachable',
  '57P05': 'unreachable',
  '25P03': 'unreachable',
  XX001: 'damaged',
  XX002: 'damaged',
};

/** What the caller must see as it is: broken constraints, and what a second try may mend. */
const INTEGRITY_CLASS = '23';
const WORTH_ANOTHER_TRY = ['40001', '40P01'];

/** Whether the transaction lost against another one that ran beside, so that it may be run once more. */
export function isLostRace(error: unknown): boolean {
  return error instanceof DatabaseError && WORTH_ANOTHER_TRY.includes(error.code ?? '');
}

/** What `pg` threw as the store's failure; broken constraints and lost races as they are. */
export function postgresFailure(error: unknown): Error {
  if (error instanceof StoreFailure) return error;
  // Whatever comes without a SQLSTATE is of the connection: refused, reset, timed out, its name unknown.
  if (!(error instanceof DatabaseError)) {
    const { message, code } = error as Partial<NodeJS.ErrnoException>;
    return new StoreFailure('unreachable', message || code || String(error), error);
  }
  const code = error.code ?? '';
  if (code.startsWith(INTEGRITY_CLASS) || isLostRace(error)) return error;
  const reason = REASONS[code] ?? REASONS[code.slice(0, 2)] ?? 'failed';
  return new StoreFailure(reason, `${error.message}, SQLSTATE ${code}`, error);
}
