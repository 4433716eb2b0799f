import { expect, test } from '@jest/globals';
import { signUp, until } from '#test/client';
import { startOtlpReceiver } from '#test/otlp-receiver';
import { startServer } from '#test/server';

/** The time between two exports, in milliseconds. */
const INTERVAL_MS = 1000;

test('a process sends the metrics of the API and of pages in one export', async () => {
  const receiver = await startOtlpReceiver();
  const server = await startServer({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_METRIC_EXPORT_INTERVAL: String(INTERVAL_MS),
    OTEL_TRACES_EXPORTER: 'none',
  });
  const surfacesOf = () => {
    const calls = receiver.exports.at(-1)?.metrics.get('switchboard_call_duration_seconds');
    const points = calls && 'histogram' in calls ? calls.histogram.dataPoints : [];
    return new Set(points.map(({ attributes }) => attributes['surface']));
  };
  try {
    const ada = await signUp(server.url);
    await ada.rest('GET /chats');
    await (await ada.fetch('/chat')).text();
    await until(
      () => Promise.resolve(surfacesOf()),
      (surfaces) => surfaces.has('rest') && surfaces.has('page'),
    );
    const before = receiver.exports.length;
    await until(
      () => Promise.resolve(receiver.exports.length),
      (count) => count >= before + 5,
    );
  } finally {
    await server.stop();
    await receiver.close();
  }
  const ids = new Set(receiver.exports.map(({ resource }) => resource['service.instance.id']));
  expect(ids.size).toBe(1);
  // The last one is sent when the process ends.
  const times = receiver.exports.slice(0, -1).map(({ metrics }) => {
    const started = metrics.get('process_start_time_seconds');
    const [point] = started && 'gauge' in started ? started.gauge.dataPoints : [];
    return Number(point?.timeUnixNano) / 1e6;
  });
  // A busy process may send late, but it never sends more often. Two senders would send twice as many.
  const elapsedMs = Math.max(...times) - Math.min(...times);
  expect(times.length).toBeLessThanOrEqual(elapsedMs / INTERVAL_MS + 2);
}, 120_000);
