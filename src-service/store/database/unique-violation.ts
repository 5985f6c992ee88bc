import { DatabaseError } from 'pg';

const UNIQUE_VIOLATION = '23505';
/** The columns in what PostgreSQL says of the row, in whatever language: `Key (a, b)=(1, 2) already exists.` */
const KEY_COLUMNS = /\(([^()]+)\)=\(/;

/** Whether an error says that a value which must be unique is taken, in a column whose `table.column` name ends so. */
export function isUniqueViolation(error: unknown, column: string): boolean {
  if (error instanceof DatabaseError) {
    if (error.code !== UNIQUE_VIOLATION) return false;
    const columns = KEY_COLUMNS.exec(error.detail ?? '')?.[1]?.split(', ') ?? [];
    return columns.some((name) => `${error.table}.${name}`.endsWith(column));
  }
  return (
    error instanceof Error && error.message.startsWith('UNIQUE constraint failed') && error.message.includes(column)
  );
}
