import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import fc from '#test/fast-check';
import { createAccessLog } from './access.ts';

test('writes the line that pino would write, for any text', () => {
  const lines: string[] = [];
  const log = pino({ level: 'info', redact: ['password'] }, { write: (line: string) => lines.push(line) });
  const logAccess = createAccessLog(log.child({ instance: 'a"b' }));
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constant('/api/v1/things'));
  const hex = fc.stringMatching(/^[0-9a-f]{32}$/);
  const more = fc.record({ traceId: hex, bytes: fc.nat() }, { requiredKeys: [] });
  const calls = fc.option(fc.record({ procedures: fc.array(text) }), { nil: {} });
  const status = fc.integer({ min: 100, max: 599 });
  fc.assert(
    fc.property(
      text,
      text,
      text,
      text,
      calls,
      more,
      status,
      (requestId, surface, method, path, called, known, code) => {
        const { traceId, bytes } = known;
        const access = { requestId, traceId, surface, method, path, ...called, status: code, bytes, ms: 7 };
        lines.length = 0;
        logAccess(access);
        log.child({ instance: 'a"b' }).info(access, 'request');
        const [ours, theirs] = lines.map((line) => line.replace(/"time":\d+/, '"time":0'));
        expect(ours).toBe(theirs);
      },
    ),
  );
});

test('writes nothing if the level of the log is above info', () => {
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
  createAccessLog(log)({ requestId: 'a', surface: 'rest', method: 'GET', path: '/', status: 200, ms: 1 });
  expect(lines).toEqual([]);
});
