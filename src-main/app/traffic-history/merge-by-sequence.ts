import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';

/** Joins two orders of records to one. Of two with one sequence it is that of `first`. @param direction 1 for the oldest first, -1 for the newest */
export function* mergeBySequence(
  first: Iterator<TrafficRecord>,
  second: Iterator<TrafficRecord>,
  direction: 1 | -1,
): Generator<TrafficRecord> {
  try {
    let one = first.next();
    let other = second.next();
    while (one.done !== true || other.done !== true) {
      const distance = one.done === true || other.done === true ? 0 : one.value.sequence - other.value.sequence;
      if (one.done !== true && other.done !== true && distance === 0) {
        other = second.next();
      } else if (other.done === true || (one.done !== true && distance * direction < 0)) {
        yield one.value as TrafficRecord;
        one = first.next();
      } else {
        yield other.value;
        other = second.next();
      }
    }
  } finally {
    first.return?.();
    second.return?.();
  }
}
