import { expect, test } from '@jest/globals';
import { newId } from '#server/db/columns';
import { testDatabase } from '#test/database';
import { silent } from '#test/logs';
import { createAnnouncer } from './announcements.ts';

test('while a NOTIFY is in flight, the runs of all commits collect for the next', async () => {
  const sent: string[][] = [];
  const inFlight = Promise.withResolvers<undefined>();
  const notify = (_channel: string, payload: string): Promise<void> => {
    expect(Buffer.byteLength(payload)).toBeLessThan(8000);
    sent.push(payload.split(' '));
    return inFlight.promise;
  };
  const announce = createAnnouncer({ ...(await testDatabase()), notify }, 'me', silent);
  const runIds = Array.from({ length: 300 }, newId);
  announce(['first']);
  for (const runId of runIds) announce([runId]);
  announce(runIds);
  expect(sent).toEqual([['me', 'first']]);
  inFlight.resolve(undefined);
  // Two, because the ids do not fit into one payload.
  while (sent.length < 3) await inFlight.promise;
  expect(sent.slice(1).flatMap(([sender, ...ids]) => (sender === 'me' ? ids : []))).toEqual(runIds);
});
