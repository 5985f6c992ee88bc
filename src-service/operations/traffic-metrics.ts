import type { Registry } from 'prom-client';
import { failingHop } from '../../src-shared/errors/failing-hop.ts';
import { LATENCY_BUCKETS, latencyBoundMs } from '../traffic/latency-histogram.ts';
import type { MetricSources } from './metric-sources.ts';
import { type LabelledValue, addCounter, addGauge, addHistogram } from './metric-makers.ts';

const STATUS_CLASSES = ['none', '1xx', '2xx', '3xx', '4xx', '5xx'] as const;
/** Of the histogram that is kept, each second bound is shown. */
const SHOWN_BUCKETS = 2;

/** Requests, errors, sign-ins and sessions. Labels are bounded: status classes, error codes, and applications by number. */
export function addTrafficMetrics(register: Registry, sources: MetricSources): void {
  const { traffic, applications, sessions, signIns } = sources;
  const { counts } = traffic;
  addCounter(
    register,
    {
      name: 'postern_requests_total',
      help: 'Requests that are over, by class of their status; none: no answer was begun.',
    },
    ['status'],
    () => STATUS_CLASSES.map((name, statusClass) => [[name], counts.byStatusClass[statusClass] ?? 0]),
  );
  addCounter(
    register,
    { name: 'postern_request_errors_total', help: 'Requests that were refused or failed, by error code and hop.' },
    ['code', 'hop'],
    () => Array.from(counts.byErrorCode, ([code, count]) => [[code, failingHop(code)], count] as const),
  );
  addHistogram(
    register,
    {
      name: 'postern_request_first_byte_seconds',
      help: "Time from the head of a request to the head of a connector's answer.",
    },
    () => shownLatencies(counts.latencies),
  );
  addCounter(
    register,
    { name: 'postern_request_body_bytes_total', help: 'Octets of bodies that went through tunnels; in: from users.' },
    ['direction'],
    () => [
      [['in'], counts.requestBytes],
      [['out'], counts.responseBytes],
    ],
  );
  addGauge(register, { name: 'postern_applications', help: 'Applications that are published.' }, applications);
  addApplicationMetrics(register, sources);
  addGauge(register, { name: 'postern_sessions_cached', help: 'Sessions in memory: those used of late.' }, sessions);
  addCounter(register, { name: 'postern_sign_ins_total', help: 'Sign-ins that succeeded.' }, [], () => [
    [[], signIns()],
  ]);
  addGauge(
    register,
    { name: 'postern_traffic_streams', help: 'Streams of live traffic that are open.' },
    () => traffic.feed.listeners,
  );
  addCounter(
    register,
    { name: 'postern_traffic_events_left_out_total', help: 'Events of live traffic that were not sent, by reason.' },
    ['reason'],
    () => Array.from(traffic.leftOut, ([reason, count]) => [[reason], count] as const),
  );
}

/** Which applications have series changes as others get more requests: what has gone begins where it was. */
function addApplicationMetrics(register: Registry, { traffic, applicationLabels }: MetricSources): void {
  if (applicationLabels === 0) return;
  addCounter(
    register,
    {
      name: 'postern_application_requests_total',
      help: 'Requests of the applications with the most of them, by whether they failed.',
    },
    ['application', 'outcome'],
    () =>
      [...traffic.counts.applications()]
        .toSorted(([, a], [, b]) => b.requests - a.requests)
        .slice(0, applicationLabels)
        .flatMap(([id, { requests, failed }]): LabelledValue[] => [
          [[id, 'passed'], requests - failed],
          [[id, 'failed'], failed],
        ]),
  );
}

function shownLatencies({ counts, sumMs }: MetricSources['traffic']['counts']['latencies']): {
  readonly boundsMs: readonly number[];
  readonly counts: readonly number[];
  readonly sumMs: number;
} {
  const boundsMs: number[] = [];
  const shown: number[] = [];
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket += SHOWN_BUCKETS) {
    shown.push((counts[bucket] ?? 0) + (counts[bucket + 1] ?? 0));
    // The last bucket holds everything above the one before it.
    if (bucket + SHOWN_BUCKETS < LATENCY_BUCKETS) boundsMs.push(latencyBoundMs(bucket + 1));
  }
  return { boundsMs, counts: shown, sumMs };
}
