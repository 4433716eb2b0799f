import { describe, expect, test } from '@jest/globals';
import { parseMetrics } from '#test/prometheus';
import { prometheusText } from './prometheus.ts';
import { counter, gauge, histogram, Label } from './series.ts';

const color = new Label('color', ['red', 'green']);
const shape = new Label('shape', ['round']);

describe('series', () => {
  test('are those of known values, and one for all others', () => {
    const each = counter('things_total', 'Things.', color, shape);
    for (let i = 0; i < 1000; i++) each.add(1, `color ${i}`, `shape ${i}`);
    each.add(2, 'red', 'round');
    each.add(3, 'round', 'red');
    expect(Object.fromEntries(parseMetrics(prometheusText([each])))).toEqual({
      'things_total{color="other",shape="other"}': 1003,
      'things_total{color="red",shape="round"}': 2,
    });
  });

  test('of a label with too many values count as others', () => {
    const many = new Label(
      'many',
      Array.from({ length: 5000 }, (_, i) => `v${i}`),
    );
    const each = counter('things_total', 'Things.', many, many, many);
    for (let i = 0; i < 5000; i++) each.add(1, `v${i}`, 'v1022', `v${i}`);
    const series = parseMetrics(prometheusText([each]));
    expect(series.size).toBe(1024);
    expect(series.get('things_total{many="v1022",many="v1022",many="v1022"}')).toBe(1);
    expect(series.get('things_total{many="other",many="v1022",many="other"}')).toBe(5000 - 1023);
  });
});

describe('the text', () => {
  test('has the values of a histogram up to each bound', () => {
    const each = histogram('time_seconds', 'Time.', [0.1, 1], color);
    for (const value of [0.05, 0.1, 0.5, 1, 7]) each.observe(value, 'red');
    expect(prometheusText([each])).toBe(
      [
        '# HELP time_seconds Time.',
        '# TYPE time_seconds histogram',
        'time_seconds_bucket{color="red",le="0.1"} 2',
        'time_seconds_bucket{color="red",le="1"} 4',
        'time_seconds_bucket{color="red",le="+Inf"} 5',
        'time_seconds_sum{color="red"} 8.65',
        'time_seconds_count{color="red"} 5',
        '',
      ].join('\n'),
    );
  });

  test('escapes labels and help', () => {
    const odd = new Label('odd', ['a"b\\c\nd']);
    const each = counter('odd_total', 'A\\B\nC', odd);
    each.add(1, 'a"b\\c\nd');
    expect(prometheusText([each])).toBe(
      '# HELP odd_total A\\\\B\\nC\n# TYPE odd_total counter\nodd_total{odd="a\\"b\\\\c\\nd"} 1\n',
    );
  });

  test('leaves out gauges whose value is unknown, and reads those with a function', () => {
    const [unknown, known] = [gauge('unknown', 'Unknown.'), gauge('known', 'Known.', color)];
    unknown.set(undefined);
    known.read(() => 7, 'red');
    known.read(() => undefined, 'green');
    known.set(-1.5, 'blue');
    expect(Object.fromEntries(parseMetrics(prometheusText([unknown, known])))).toEqual({
      'known{color="red"}': 7,
      'known{color="other"}': -1.5,
    });
  });
});
