import { type AuditHead, type AuditRow, EMPTY_AUDIT, auditHash } from './audit-chain.ts';

/** What is wrong with the audit, and with which record it begins. */
export interface AuditFault {
  readonly sequence: number;
  /** Null where no record is there to be named. */
  readonly id: string | null;
  readonly kind: 'changed' | 'notFollowing' | 'headMissing';
  readonly message: string;
}

export interface AuditVerdict {
  /** How many records were read, up to the fault where there is one. */
  readonly records: number;
  /** The last record that is sound. */
  readonly head: AuditHead;
  readonly fault: AuditFault | null;
}

/** A head that was kept elsewhere; null as sequence where only the hash was. */
export interface ExpectedHead {
  readonly hash: string;
  readonly sequence: number | null;
}

/**
 * Goes through the records in their order and stops at the first that isn't what was written. Without an expected head it can't
 * tell that the end was cut off, or that everything was written anew.
 */
export async function verifyAudit(rows: AsyncIterable<AuditRow>, expected: ExpectedHead | null): Promise<AuditVerdict> {
  let head = EMPTY_AUDIT;
  let records = 0;
  let isExpectedSeen = expected === null || isExpected(head, expected);
  for await (const row of rows) {
    const fault = judge(row, head) ?? judgeExpected(row, expected);
    if (fault !== null) return { records, head, fault };
    head = { sequence: row.sequence, hash: row.hash };
    records += 1;
    if (expected !== null && isExpected(head, expected)) isExpectedSeen = true;
  }
  return { records, head, fault: isExpectedSeen || expected === null ? null : headMissing(expected, head) };
}

function judge(row: AuditRow, head: AuditHead): AuditFault | null {
  const { sequence, id } = row;
  if (auditHash(row, row.previous_hash) !== row.hash) {
    return { sequence, id, kind: 'changed', message: `Record ${sequence} (${id}) is not what was written.` };
  }
  if (row.previous_hash === head.hash) return null;
  const message =
    head.sequence === 0
      ? `Record ${sequence} (${id}) is not the first that was written: records before it were deleted or written anew.`
      : `Record ${sequence} (${id}) does not follow record ${head.sequence}: records between them were deleted, or one of the two was written anew.`;
  return { sequence, id, kind: 'notFollowing', message };
}

function judgeExpected({ sequence, id, hash }: AuditRow, expected: ExpectedHead | null): AuditFault | null {
  if (expected === null || expected.sequence !== sequence || expected.hash === hash) return null;
  const message = `Record ${sequence} (${id}) is not the one that was expected there: it, or records before it, were written anew.`;
  return { sequence, id, kind: 'headMissing', message };
}

function isExpected(head: AuditHead, { hash, sequence }: ExpectedHead): boolean {
  return head.hash === hash && (sequence === null || head.sequence === sequence);
}

function headMissing({ hash, sequence }: ExpectedHead, head: AuditHead): AuditFault {
  const name = sequence === null ? `The record with the hash ${hash}` : `Record ${sequence}, with the hash ${hash},`;
  return {
    sequence: sequence ?? head.sequence + 1,
    id: null,
    kind: 'headMissing',
    message: `${name} is not there: the audit was cut off after record ${head.sequence}, or written anew.`,
  };
}
