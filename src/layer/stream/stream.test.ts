import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { settledWithin, TIMED_OUT, textStream } from './stream.ts';

async function* letters() {
  for (const letter of 'abc') {
    await sleep(5);
    yield letter;
  }
}
const text = (body: ReadableStream<Uint8Array<ArrayBuffer>>) => new Response(body).text();

describe('textStream', () => {
  const signal = new AbortController().signal;

  test('encodes items in order, in UTF-8', async () => {
    const body = textStream(letters(), { encode: (letter) => `${letter}é`, signal, whenAborted: 'break' });
    await expect(text(body)).resolves.toBe('aébécé');
  });

  test('breaks or closes the body if it is aborted, so half a document need not look complete', async () => {
    const abort = new AbortController();
    const options = { encode: String, signal: abort.signal, opening: '[' };
    const broken = text(textStream(letters(), { ...options, whenAborted: 'break' }));
    const closed = text(textStream(letters(), { ...options, whenAborted: 'close' }));
    abort.abort(new Error('too late'));
    await expect(broken).rejects.toThrow('too late');
    await expect(closed).resolves.toBe('[');
  });

  test('ends the source and reports the error if an item cannot be encoded', async () => {
    const reported: unknown[] = [];
    let cleanedUp = false;
    async function* source() {
      try {
        yield 1;
        yield 2;
      } finally {
        cleanedUp = true;
      }
    }
    const encode = () => {
      throw new Error('not encodable');
    };
    const onBreak = (error: unknown) => reported.push(error);
    await expect(
      text(textStream(source(), { encode, signal, whenAborted: 'break', onBreak })),
    ).rejects.toThrow('not encodable');
    expect(reported).toEqual([new Error('not encodable')]);
    expect(cleanedUp).toBe(true);
  });
});

describe('settledWithin', () => {
  test('returns the value, throws the error, or times out', async () => {
    await expect(settledWithin(1000, Promise.resolve(1))).resolves.toBe(1);
    await expect(settledWithin(1000, Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(settledWithin(1, new Promise(() => {}))).resolves.toBe(TIMED_OUT);
    await expect(settledWithin(undefined, sleep(5, 'late'))).resolves.toBe('late');
  });
});
