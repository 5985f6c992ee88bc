import { Counter, Gauge, type Metric, type Registry } from 'prom-client';

/** Name and help of a metric, as Prometheus shows them. */
export interface MetricText {
  readonly name: string;
  readonly help: string;
}

/** One value with its labels, in the order of the label names. */
export type LabelledValue = readonly [labels: readonly string[], value: number];

/** Buckets that are counted elsewhere; the last one has no bound. */
export interface CountedBuckets {
  readonly boundsMs: readonly number[];
  readonly counts: readonly number[];
  readonly sumMs: number;
}

/** Adds a gauge with one value, read when it is asked for. */
export function addGauge(register: Registry, text: MetricText, read: () => number): void {
  const metric: Gauge = new Gauge({ ...text, registers: [register], collect: (): void => metric.set(read()) });
}

/** Adds a gauge with a value for each set of labels; those that are read no more are gone. */
export function addLabelledGauge(
  register: Registry,
  text: MetricText,
  labelNames: readonly string[],
  read: () => Iterable<LabelledValue>,
): void {
  const metric: Gauge = new Gauge({
    ...text,
    labelNames,
    registers: [register],
    collect: (): void => {
      metric.reset();
      for (const [labels, value] of read()) metric.set(named(labelNames, labels), value);
    },
  });
}

/** Adds a counter that is counted elsewhere. */
export function addCounter(
  register: Registry,
  text: MetricText,
  labelNames: readonly string[],
  read: () => Iterable<LabelledValue>,
): void {
  const metric: Counter = new Counter({
    ...text,
    labelNames,
    registers: [register],
    collect: (): void => {
      metric.reset();
      for (const [labels, value] of read()) metric.inc(named(labelNames, labels), value);
    },
  });
}

/** Adds a histogram that is counted elsewhere, in seconds. prom-client has none whose buckets are read, so this is one by its form. */
export function addHistogram(register: Registry, text: MetricText, read: () => CountedBuckets): void {
  const metric = {
    ...text,
    type: 'histogram',
    aggregator: 'sum',
    get: async () => ({ ...text, type: 'histogram', aggregator: 'sum', values: bucketValues(text.name, read()) }),
    reset: () => undefined,
  };
  register.registerMetric(metric as unknown as Metric);
}

function bucketValues(
  name: string,
  { boundsMs, counts, sumMs }: CountedBuckets,
): { readonly metricName: string; readonly labels: Record<string, string | number>; readonly value: number }[] {
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    const boundMs = boundsMs[index];
    return {
      metricName: `${name}_bucket`,
      labels: { le: boundMs === undefined ? '+Inf' : boundMs / 1000 },
      value: total,
    };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels: {}, value: sumMs / 1000 },
    { metricName: `${name}_count`, labels: {}, value: total },
  ];
}

function named(names: readonly string[], labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, index) => [name, labels[index] ?? '']));
}
