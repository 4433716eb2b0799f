import { describe, expect, test } from '@jest/globals';
import { metrics } from '#server/metrics/instruments';
import { tracing } from '#server/tracing/spans';
import { type Account, caller, signUp, until } from './client.ts';
import { recordLog } from './logs.ts';
import { type OtlpReceiver, type ReceivedExport, startOtlpReceiver } from './otlp-receiver.ts';
import { type ServedInstance, type ServedOptions, serveInstance } from './served.ts';
import { recordStatements, type Statement } from './statements.ts';

const CALLS = { surface: 'rest', procedure: 'users.me' };

/** Runs `work` on an instance that sends metrics each second, and stops it. */
async function exporting(
  settings: Record<string, string>,
  work: (served: ServedInstance, receiver: OtlpReceiver, account: Account) => Promise<unknown>,
  options: Pick<ServedOptions, 'log'> = {},
): Promise<OtlpReceiver> {
  const receiver = await startOtlpReceiver();
  const served = await serveInstance({
    ...options,
    settings: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      OTEL_TRACES_EXPORTER: 'none',
      ...settings,
    },
  });
  try {
    await work(served, receiver, await signUp(served.url));
  } finally {
    await served.close();
    await receiver.close();
  }
  return receiver;
}

/** Returns the point of a metric with some labels; `undefined` if there is none. */
function pointOf(from: ReceivedExport | undefined, name: string, labels: Record<string, string> = {}) {
  const metric = from?.metrics.get(name);
  if (!metric) return undefined;
  const { dataPoints } = 'sum' in metric ? metric.sum : 'gauge' in metric ? metric.gauge : metric.histogram;
  return dataPoints.find(({ attributes }) =>
    Object.entries(labels).every(([label, value]) => attributes[label] === value),
  );
}

/** Returns the value of a counter or gauge, or the count of a histogram; 0 without one. */
function valueOf(...of: Parameters<typeof pointOf>): number {
  const point = pointOf(...of);
  if (!point) return 0;
  return 'count' in point ? point.count : point.asDouble;
}

const isOfMetrics = ({ sql }: Statement) => sql.includes('coalesce(sum(pending)');
const callsOf = (from: ReceivedExport | undefined) =>
  valueOf(from, 'switchboard_call_duration_seconds', CALLS);

/** Waits for an export that meets a condition. */
const exported = ({ exports }: OtlpReceiver, isWanted: (last: ReceivedExport) => boolean) =>
  until(
    () => Promise.resolve(exports.at(-1)),
    (last) => last !== undefined && isWanted(last),
  );

describe('metrics over OTLP', () => {
  test('are cumulative, and are sent at each interval and at the end', async () => {
    const seen: (ReceivedExport | undefined)[] = [];
    const { exports } = await exporting({}, async (_, receiver, ada) => {
      await ada.rest('GET /users/me');
      seen.push(await exported(receiver, (last) => callsOf(last) === 1));
      await ada.rest('GET /users/me');
      await ada.rest('GET /users/me');
      seen.push(await exported(receiver, (last) => callsOf(last) === 3));
      await ada.rest('GET /users/me');
      await ada.rest('GET /chats/nothing');
    });
    const [first, second] = seen.map((one) => pointOf(one, 'switchboard_call_duration_seconds', CALLS));
    expect(first?.startTimeUnixNano).toBe(second?.startTimeUnixNano);
    expect(second?.timeUnixNano).toBeGreaterThan(first?.timeUnixNano ?? Infinity);

    const last = exports.at(-1);
    expect(callsOf(last)).toBe(4);
    const failed = { surface: 'rest', procedure: 'chat.get', code: 'NOT_FOUND' };
    expect(valueOf(last, 'switchboard_call_errors_total', failed)).toBe(1);
    expect(valueOf(last, 'switchboard_database_up')).toBe(1);
    expect(valueOf(last, 'process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(valueOf(last, 'switchboard_metric_exports_total', { result: 'sent' })).toBe(exports.length - 1);
    const kinds = new Map(metrics.all.map(({ name, kind }) => [name, kind]));
    for (const [name, metric] of last?.metrics ?? []) {
      expect([name, kinds.get(name) === 'counter' ? 'sum' : kinds.get(name)]).toEqual([
        name,
        Object.keys(metric).find((key) => ['sum', 'gauge', 'histogram'].includes(key)),
      ]);
    }
    expect(last?.metrics.size).toBeGreaterThan(20);
  });

  test('and traces have the attributes of the settings and the same instance, also at the end', async () => {
    let statements: Statement[] = [];
    const { exports, resources, keys } = await exporting(
      {
        OTEL_METRIC_EXPORT_INTERVAL: '60000',
        OTEL_TRACES_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_HEADERS: 'x-key=s3cret%20key',
        OTEL_SERVICE_NAME: 'tested',
        OTEL_RESOURCE_ATTRIBUTES: 'service.name=other,deployment.environment.name=a%20test',
      },
      async (served, _, ada) => {
        statements = recordStatements(served.deps.database);
        await ada.rest('GET /users/me');
      },
    );
    expect(exports).toHaveLength(1);
    // The database is being closed.
    expect(statements.filter(isOfMetrics)).toEqual([]);
    const expected = {
      'service.name': 'tested',
      'service.version': expect.stringMatching(/^\d+\.\d+/),
      'service.instance.id': expect.any(String),
      'deployment.environment.name': 'a test',
      'telemetry.sdk.language': 'nodejs',
    };
    expect(exports[0]?.resource).toMatchObject(expected);
    expect(resources[0]).toEqual(exports[0]?.resource);
    expect(new Set(keys)).toEqual(new Set(['s3cret key']));
  });

  test('are not sent with OTEL_METRICS_EXPORTER=none, but traces are', async () => {
    const settings = { OTEL_METRICS_EXPORTER: 'none', OTEL_TRACES_EXPORTER: 'otlp' };
    const { exports, spans } = await exporting(settings, (_, __, ada) => ada.rest('GET /users/me'));
    expect(exports).toEqual([]);
    expect(spans).not.toEqual([]);
  });

  test.each([
    ['OTEL_TRACES_EXPORTER=none', { OTEL_TRACES_EXPORTER: 'none' }],
    ['an endpoint of metrics only', { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
  ])('are sent without traces with %s', async (_, settings) => {
    const own = await startOtlpReceiver();
    const metricsOnly = { ...settings, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${own.url}v1/metrics` };
    let tracer: unknown;
    const { keys } = await exporting(metricsOnly, () => {
      ({ tracer } = tracing);
      return Promise.resolve();
    });
    await own.close();
    expect(tracer).toBeUndefined();
    expect(keys).toEqual([]);
    expect(own.exports).toHaveLength(own.keys.length);
    expect(own.keys.length).toBeGreaterThan(0);
    expect(own.spans).toEqual([]);
  });

  test('do not delay calls and the stop if the receiver hangs, which gets one request at a time', async () => {
    const { log, lines } = recordLog();
    let stoppedAt = 0;
    const receiver = await exporting(
      {},
      async (_, to, ada) => {
        to.behave('hang');
        const statuses = new Set<number>();
        const until = performance.now() + 3_500;
        while (performance.now() < until) statuses.add((await ada.fetch('/api/v1/users/me')).status);
        expect(statuses).toEqual(new Set([200]));
        expect(to.keys.length).toBeGreaterThan(0);
        stoppedAt = performance.now();
      },
      { log },
    );
    expect(performance.now() - stoppedAt).toBeLessThan(6_000);
    expect(receiver.mostOpen()).toBe(1);
    // Each request but no other one is a failure: nothing is sent after the time limit of the stop.
    const failures = lines.filter(({ msg }) => msg === 'failed to send metrics');
    expect(failures).toHaveLength(receiver.keys.length - receiver.exports.length);
  });

  test('that the receiver rejects are counted and logged, and the next export has their values', async () => {
    const { log, lines } = recordLog();
    await exporting(
      {},
      async (_, receiver, ada) => {
        receiver.behave('reject');
        await ada.rest('GET /users/me');
        const before = receiver.keys.length;
        await until(
          () => Promise.resolve(receiver.keys.length),
          (count) => count > before,
        );
        receiver.behave('accept');
        await exported(
          receiver,
          (last) =>
            callsOf(last) > 0 && valueOf(last, 'switchboard_metric_exports_total', { result: 'failed' }) > 0,
        );
      },
      { log },
    );
    expect(lines).toContainEqual(
      expect.objectContaining({ status: 503, msg: 'the receiver of metrics rejected them' }),
    );
  });

  test('ask the database no more often than scrapes do', async () => {
    const asked: number[] = [];
    await exporting({}, async (served, receiver) => {
      const statements = recordStatements(served.deps.database);
      const count = () => asked.push(statements.filter(isOfMetrics).length);
      await until(
        () => Promise.resolve(receiver.exports.length),
        (exports) => exports >= 4,
      );
      count();
      await caller(served.url).fetch('/api/metrics');
      count();
    });
    expect(asked[0]).toBeLessThanOrEqual(1);
    expect(asked[1]).toBe((asked[0] ?? 0) + 1);
  });
});

test('each output has the delay of the event loop since it was last read', async () => {
  const { deps, close } = await serveInstance();
  const read = (['prometheus', 'otlp'] as const).map((output) => deps.collector.begin(output));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const until = performance.now() + 200;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const valuesOf = () => metrics.lagMax.series().next().value?.cell.value;
  const delays = await Promise.all(read.map((collect) => collect(Infinity, valuesOf)));
  await close();
  expect(Math.min(...delays.map(Number))).toBeGreaterThan(0.1);
});
