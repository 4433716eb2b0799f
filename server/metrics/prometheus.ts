import type { AnyInstrument, Distribution, Histogram } from './series.ts';

/** The type of the text (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const escapeHelp = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const escapeValue = (text: string) => escapeHelp(text).replaceAll('"', '\\"');

function textOf(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

/** Returns the labels of a series in braces; an empty text if there are none. */
function labelsOf({ labels }: AnyInstrument, values: readonly string[], bound?: string): string {
  const pairs = labels.map(({ name }, i) => `${name}="${escapeValue(values[i] ?? '')}"`);
  if (bound !== undefined) pairs.push(`le="${bound}"`);
  return pairs.length === 0 ? '' : `{${pairs.join()}}`;
}

function* linesOfHistogram(
  instrument: Histogram<readonly string[]>,
  values: readonly string[],
  { counts, sum }: Distribution,
): Generator<string, void, void> {
  const { name, bounds } = instrument;
  let count = 0;
  for (const [i, inBucket] of counts.entries()) {
    count += inBucket;
    yield `${name}_bucket${labelsOf(instrument, values, textOf(bounds[i] ?? Infinity))} ${count}`;
  }
  yield `${name}_sum${labelsOf(instrument, values)} ${textOf(sum)}`;
  yield `${name}_count${labelsOf(instrument, values)} ${count}`;
}

function* linesOf(instrument: AnyInstrument): Generator<string, void, void> {
  const { name } = instrument;
  if (instrument.kind === 'histogram') {
    for (const { values, cell } of instrument.series()) yield* linesOfHistogram(instrument, values, cell);
    return;
  }
  if (instrument.kind === 'counter') {
    for (const { values, cell } of instrument.series()) {
      yield `${name}${labelsOf(instrument, values)} ${textOf(cell.value)}`;
    }
    return;
  }
  for (const { values, cell } of instrument.series()) {
    const value = typeof cell.value === 'function' ? cell.value() : cell.value;
    if (value !== undefined) yield `${name}${labelsOf(instrument, values)} ${textOf(value)}`;
  }
}

/** Returns the values of instruments in the text format of Prometheus, version 0.0.4. */
export function prometheusText(instruments: readonly AnyInstrument[]): string {
  const lines = instruments.flatMap((instrument) => {
    const own = [...linesOf(instrument)];
    if (own.length === 0) return [];
    const { name, help, kind } = instrument;
    return [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${kind}`, ...own];
  });
  return `${lines.join('\n')}\n`;
}
