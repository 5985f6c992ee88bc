import type {
  ExportProgress,
  TrafficFigures,
  TrafficHistoryState,
  TrafficPage,
} from '../../../src-shared/connector/traffic-history.ts';
import type { TrafficHeads } from '../../../src-shared/connector/traffic-heads.ts';
import type { PackedTraffic } from '../../../src-shared/connector/packed-traffic.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import type { HistoryLimits } from './history-limits.ts';
import type { ExportQuery } from './write-export.ts';
import type { PageQuery } from './history-store.ts';
import type { FiguresQuery } from './read-figures.ts';

/** What the worker is started with. */
export interface HistoryWorkerData {
  readonly file: string;
  readonly limits: HistoryLimits;
}

/** What the worker can be asked. */
export type HistoryQuery =
  | { readonly name: 'page'; readonly argument: PageQuery }
  /** By activity id. */
  | { readonly name: 'request'; readonly argument: string }
  | { readonly name: 'figures'; readonly argument: FiguresQuery }
  | { readonly name: 'heads'; readonly argument: { readonly sequence: number } }
  | { readonly name: 'export'; readonly argument: ExportQuery };

export interface HistoryAnswers {
  readonly page: TrafficPage;
  /** Null where none is kept. */
  readonly request: TrafficRecord | null;
  readonly figures: TrafficFigures;
  /** Null where they are not kept. */
  readonly heads: TrafficHeads | null;
  /** Null where it was cancelled. */
  readonly export: ExportProgress | null;
}

/** To the worker. `close` is the last one. */
export type HistoryCommand =
  | { readonly kind: 'add'; readonly batches: readonly PackedTraffic[]; readonly heads: readonly TrafficHeads[] }
  | { readonly kind: 'query'; readonly id: number; readonly query: HistoryQuery }
  | { readonly kind: 'cancelExport' }
  | { readonly kind: 'limits'; readonly limits: HistoryLimits }
  /** Forgets everything. */
  | { readonly kind: 'clear' }
  | { readonly kind: 'close' };

/** From the worker. Each `add` is answered by one `added`, whether it was written or not. */
export type HistoryEvent =
  | { readonly kind: 'added' }
  | { readonly kind: 'answer'; readonly id: number; readonly value: HistoryAnswers[keyof HistoryAnswers] }
  | { readonly kind: 'refusal'; readonly id: number; readonly reason: string }
  | { readonly kind: 'progress'; readonly progress: ExportProgress }
  | { readonly kind: 'state'; readonly state: TrafficHistoryState };
