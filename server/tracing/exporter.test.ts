import { expect, test } from '@jest/globals';
import { metrics } from '#server/metrics/instruments';
import { prometheusText } from '#server/metrics/prometheus';
import { until } from '#test/client';
import { silent } from '#test/logs';
import { startOtlpReceiver } from '#test/otlp-receiver';
import { parseMetrics } from '#test/prometheus';
import { encodeSpans } from './encode.ts';
import { createExporter } from './exporter.ts';
import type { EndedSpan } from './tracer.ts';

const SPAN: EndedSpan = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  parentId: undefined,
  name: 'a',
  kind: 'internal',
  startMs: 1_796_000_000_000,
  durationMs: 1.25,
  attributes: { text: 'a', share: 0.5, count: 3, isTrue: true, list: ['b'], none: undefined },
  link: undefined,
  error: undefined,
};
const encode = (spans: readonly EndedSpan[]) =>
  encodeSpans(spans, { resource: { 'service.name': 'a' }, scope: { name: 'a', version: '1' } });

/** Returns the numbers of spans by their end. */
function counts() {
  const all = parseMetrics(prometheusText(metrics.all));
  const of = (result: string) => all.get(`switchboard_trace_spans_total{result="${result}"}`) ?? 0;
  return { sent: of('sent'), failed: of('failed'), dropped: of('dropped') };
}

test('sends spans in batches, and the last ones at the end', async () => {
  const receiver = await startOtlpReceiver();
  const before = counts();
  const exporter = createExporter({ url: `${receiver.url}v1/traces`, headers: [] }, encode, silent);
  for (let i = 0; i < 513; i++) exporter.add(SPAN);
  await until(() => Promise.resolve(receiver.keys.length), Boolean);
  await exporter.close();
  await receiver.close();
  expect(receiver.keys).toHaveLength(2);
  expect(receiver.spans).toHaveLength(513);
  expect(receiver.spans[0]).toMatchObject({
    startTimeUnixNano: 1_796_000_000_000_000_000n,
    endTimeUnixNano: 1_796_000_000_001_250_000n,
    attributes: { text: 'a', share: 0.5, count: 3, isTrue: true, list: ['b'] },
  });
  expect(counts()).toEqual({ ...before, sent: before.sent + 513 });
});

test('drops and counts spans that a full queue does not take, and stops in spite of a receiver that hangs', async () => {
  const receiver = await startOtlpReceiver();
  receiver.behave('hang');
  const before = counts();
  const exporter = createExporter({ url: `${receiver.url}v1/traces`, headers: [] }, encode, silent);
  for (let i = 0; i < 10_000; i++) exporter.add(SPAN);
  expect(counts().dropped - before.dropped).toBe(10_000 - 512 - 2048);
  await exporter.close();
  await receiver.close();
  expect(receiver.keys).toHaveLength(1);
  const after = counts();
  expect(after.failed - before.failed).toBe(512);
  expect(after.dropped - before.dropped).toBe(10_000 - 512);
});
