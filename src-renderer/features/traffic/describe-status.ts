import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';

export type Tone = 'good' | 'plain' | 'warning' | 'bad';

/** How a request's outcome reads in the list: the words carry it, the tone helps the eye. */
export function describeStatus(
  record: TrafficRecord,
  text: Pick<Catalogue['traffic'], 'failed' | 'gone'>,
): { readonly text: string; readonly tone: Tone } {
  if (record.outcome === 'failed')
    return { text: record.status === null ? text.failed : `${record.status} !`, tone: 'bad' };
  if (record.outcome === 'cancelled')
    return { text: record.status === null ? text.gone : String(record.status), tone: 'plain' };
  if (record.status === null) return { text: '…', tone: 'plain' };
  if (record.status >= 500) return { text: String(record.status), tone: 'bad' };
  if (record.status >= 400) return { text: String(record.status), tone: 'warning' };
  return { text: String(record.status), tone: record.status >= 300 ? 'plain' : 'good' };
}
