import { afterAll, describe, expect, test } from '@jest/globals';
import { startOtlpReceiver } from '#test/otlp-receiver';
import { encodeMetrics } from './otlp.ts';
import { type AnyInstrument, counter, gauge, histogram, Label } from './series.ts';

const SOURCE = { resource: { 'service.name': 'tested' }, scope: { name: 'tested', version: '1' } };
const color = new Label('color', ['red', 'green']);
const shape = new Label('shape', ['round']);

const receiver = await startOtlpReceiver();
afterAll(receiver.close);

/** Sends instruments to the receiver, which rejects what is not valid. @returns what it has received. */
async function send(...instruments: AnyInstrument[]) {
  const body = encodeMetrics(instruments, SOURCE);
  const { status } = await fetch(`${receiver.url}v1/metrics`, { method: 'POST', body });
  expect(status).toBe(200);
  const last = receiver.exports.at(-1);
  expect(last?.resource).toEqual(SOURCE.resource);
  return [...(last?.metrics.values() ?? [])];
}

describe('OTLP', () => {
  test('has counters as cumulative sums with their labels, since the start of the process', async () => {
    const each = counter('things_seconds_total', 'Things.', color, shape);
    each.add(2, 'red', 'round');
    each.add(0.5, 'blue', 'square');
    const before = BigInt(Date.now()) * 1_000_000n;
    const [received] = await send(each);
    expect(received).toMatchObject({
      name: 'things_seconds_total',
      description: 'Things.',
      unit: 's',
      sum: {
        dataPoints: [
          { attributes: { color: 'red', shape: 'round' }, asDouble: 2 },
          { attributes: { color: 'other', shape: 'other' }, asDouble: 0.5 },
        ],
      },
    });
    const [point] = received && 'sum' in received ? received.sum.dataPoints : [];
    expect(Number(point?.startTimeUnixNano) / 1e6).toBeCloseTo(performance.timeOrigin, 0);
    expect(point?.timeUnixNano).toBeGreaterThanOrEqual(before);
  });

  test('has histograms with a count for each bucket', async () => {
    const each = histogram('time_seconds', 'Time.', [0.1, 1], color);
    for (const value of [0.05, 0.1, 0.5, 1, 7]) each.observe(value, 'red');
    each.observe(3, 'green');
    expect(await send(each)).toMatchObject([
      {
        name: 'time_seconds',
        unit: 's',
        histogram: {
          dataPoints: [
            {
              attributes: { color: 'red' },
              count: 5,
              sum: 8.65,
              bucketCounts: [2, 2, 1],
              explicitBounds: [0.1, 1],
            },
            { attributes: { color: 'green' }, count: 1, sum: 3, bucketCounts: [0, 0, 1] },
          ],
        },
      },
    ]);
  });

  test('has gauges, reads those with a function, and leaves out unknown values', async () => {
    const [unknown, known] = [gauge('unknown', 'Unknown.'), gauge('known_bytes', 'Known.', color)];
    unknown.set(undefined);
    known.read(() => 7, 'red');
    known.read(() => undefined, 'green');
    known.set(-1.5, 'blue');
    const plain = gauge('plain', 'Plain.');
    plain.set(1);
    const received = await send(unknown, known, plain);
    expect(received[1]).not.toHaveProperty('unit');
    expect(received).toMatchObject([
      {
        name: 'known_bytes',
        unit: 'By',
        gauge: {
          dataPoints: [
            { attributes: { color: 'red' }, asDouble: 7 },
            { attributes: { color: 'other' }, asDouble: -1.5 },
          ],
        },
      },
      { name: 'plain', gauge: { dataPoints: [{ attributes: {}, asDouble: 1 }] } },
    ]);
  });

  test('has numbers that JSON lacks as texts', async () => {
    const each = gauge('odd', 'Odd.', color);
    each.set(NaN, 'red');
    each.set(-Infinity, 'green');
    expect(await send(each)).toMatchObject([
      { gauge: { dataPoints: [{ asDouble: NaN }, { asDouble: -Infinity }] } },
    ]);
  });
});
