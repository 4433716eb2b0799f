import { encodeAttributes, encodeDouble, nanoseconds } from '#server/otlp/encode';
import type { Source } from '#server/otlp/source';
import { type AnyInstrument, type Distribution, OTHER } from './series.ts';

/** The number of https://github.com/open-telemetry/opentelemetry-proto, metrics/v1/metrics.proto. */
const CUMULATIVE = 2;
/** The units of names (https://ucum.org). Names with other endings have none. */
const UNITS = [
  { ending: /_seconds(_total)?$/, unit: 's' },
  { ending: /_bytes(_total)?$/, unit: 'By' },
];

/** The time since the process counts. It has no meaning for gauges. */
interface Period {
  startTimeUnixNano: string;
  timeUnixNano: string;
}

const encodeDistribution = ({ counts, sum }: Distribution, bounds: readonly number[]) => ({
  count: String(counts.reduce((total, inBucket) => total + inBucket, 0)),
  sum: encodeDouble(sum),
  bucketCounts: Array.from(counts, String),
  explicitBounds: bounds,
});

/** Yields a point for each series that has a value. */
function* pointsOf(instrument: AnyInstrument, period: Period): Generator<object, void, void> {
  const common = (values: readonly string[]) => ({
    attributes: encodeAttributes(
      Object.fromEntries(instrument.labels.map(({ name }, i) => [name, values[i] ?? OTHER])),
    ),
    ...period,
  });
  switch (instrument.kind) {
    case 'histogram':
      for (const { values, cell } of instrument.series())
        yield { ...common(values), ...encodeDistribution(cell, instrument.bounds) };
      return;
    case 'counter':
      for (const { values, cell } of instrument.series())
        yield { ...common(values), asDouble: encodeDouble(cell.value) };
      return;
    case 'gauge':
      for (const { values, cell } of instrument.series()) {
        const value = typeof cell.value === 'function' ? cell.value() : cell.value;
        if (value !== undefined) yield { ...common(values), asDouble: encodeDouble(value) };
      }
  }
}

/** Returns points as the data of their kind of instrument. */
const DATA: Record<AnyInstrument['kind'], (dataPoints: object[]) => object> = {
  histogram: (dataPoints) => ({ histogram: { aggregationTemporality: CUMULATIVE, dataPoints } }),
  counter: (dataPoints) => ({ sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints } }),
  gauge: (dataPoints) => ({ gauge: { dataPoints } }),
};

function encodeMetric(instrument: AnyInstrument, period: Period): object[] {
  const points = [...pointsOf(instrument, period)];
  if (points.length === 0) return [];
  const { name, help, kind } = instrument;
  const unit = UNITS.find(({ ending }) => ending.test(name))?.unit;
  return [{ name, description: help, unit, ...DATA[kind](points) }];
}

/**
 * Returns the values of instruments as OTLP in JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).
 * Counters and histograms have their values since the start of the process. All values are floating-point numbers, so that
 * the type of a metric never changes.
 */
export function encodeMetrics(instruments: readonly AnyInstrument[], { resource, scope }: Source): string {
  const period = {
    startTimeUnixNano: nanoseconds(performance.timeOrigin),
    timeUnixNano: nanoseconds(Date.now()),
  };
  const metrics = instruments.flatMap((instrument) => encodeMetric(instrument, period));
  return JSON.stringify({
    resourceMetrics: [
      { resource: { attributes: encodeAttributes(resource) }, scopeMetrics: [{ scope, metrics }] },
    ],
  });
}
