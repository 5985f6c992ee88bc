import { type Results, CONNECTION_COUNTS } from './results.ts';

/** One thing that Postern is to reach, and what it reached. */
export interface TargetOutcome {
  readonly title: string;
  readonly wanted: number;
  readonly stretch: number | null;
  /** `atLeast`: more is better. */
  readonly direction: 'atLeast' | 'atMost';
  /** Null where it wasn't measured. */
  readonly reached: number | null;
  readonly isMet: boolean | null;
}

const REQUESTS_PER_CPU: Readonly<Record<number, readonly [wanted: number, stretch: number | null]>> = {
  256: [6, 8],
  64: [5, 7],
  16: [2.5, null],
  1: [1, null],
};
const WEB_SOCKET_KIB = 25;

/** What Postern is to reach against frp in the same run: medians of paired ratios, except for memory, a plain median. */
export function judgeTargets(results: Results): TargetOutcome[] {
  const dearer = (peer: 'frp' | 'frp-ws', key: string): number | null =>
    results.paired(
      [
        ['postern', key],
        [peer, key],
      ],
      (postern = Number.NaN, other = Number.NaN) => other / postern,
    );
  const atLeast = (title: string, wanted: number, stretch: number | null, reached: number | null): TargetOutcome => ({
    title,
    wanted,
    stretch,
    direction: 'atLeast',
    reached,
    isMet: reached === null ? null : reached >= wanted,
  });
  const atMost = (title: string, wanted: number, reached: number | null): TargetOutcome => ({
    title,
    wanted,
    stretch: null,
    direction: 'atMost',
    reached,
    isMet: reached === null ? null : reached <= wanted,
  });
  const added = results.paired(
    [
      ['postern', 'latency.p50Ms'],
      ['frp', 'latency.p50Ms'],
      ['nginx', 'latency.p50Ms'],
    ],
    (postern = Number.NaN, frp = Number.NaN, nginx = Number.NaN) => (postern - nginx) / (frp - nginx),
  );
  return [
    ...CONNECTION_COUNTS.toReversed().map((count) => {
      const [wanted, stretch] = REQUESTS_PER_CPU[count] ?? [Number.NaN, null];
      return atLeast(
        `requests per CPU second, ${count} connections`,
        wanted,
        stretch,
        dearer('frp', `get.${count}.cpuMicros`),
      );
    }),
    atLeast('download per CPU second', 1, 1.3, dearer('frp', 'download.cpuSecondsPerGib')),
    atLeast('upload per CPU second', 1, 1.3, dearer('frp', 'upload.cpuSecondsPerGib')),
    atLeast('download per CPU second, to frp over WebSocket', 3, null, dearer('frp-ws', 'download.cpuSecondsPerGib')),
    atMost('p50 added to nginx at 500 req/s', 0.5, added),
    atMost('KiB per idle WebSocket', WEB_SOCKET_KIB, results.median('postern', 'webSocket.residentKib')),
  ];
}
