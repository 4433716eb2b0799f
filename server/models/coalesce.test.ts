import { setTimeout as sleep } from 'node:timers/promises';
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { describe, expect, test } from '@jest/globals';
import { wrapLanguageModel } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { coalesceDeltas } from './coalesce.ts';

type Part = LanguageModelV4StreamPart;

const delta = (text: string, id = 'a'): Part => ({ type: 'text-delta', id, delta: text });

/** Returns the stream of a model that sends `parts`. */
async function streamed(parts: AsyncIterator<Part>): Promise<ReadableStream<Part>> {
  const source = new ReadableStream<Part>({
    async pull(controller) {
      const { done, value } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
  const model = wrapLanguageModel({
    model: new MockLanguageModelV4({ doStream: { stream: source } }),
    middleware: coalesceDeltas(),
  });
  return (await model.doStream({ prompt: [] })).stream;
}

const all = (stream: ReadableStream<Part>) => Array.fromAsync(stream);

describe('coalesceDeltas', () => {
  test('joins deltas of one text that arrive together, and keeps the order', async () => {
    const signed = { ...delta('4'), providerMetadata: { some: { signature: 'x' } } };
    async function* send() {
      yield* sent;
    }
    const sent: Part[] = [
      { type: 'text-start', id: 'a' },
      delta('1'),
      delta('2'),
      delta('3', 'b'),
      signed,
      delta('5'),
      delta('6'),
      { type: 'reasoning-delta', id: 'a', delta: '7' },
      { type: 'text-end', id: 'a' },
    ];
    await expect(all(await streamed(send()))).resolves.toEqual([
      sent[0],
      delta('12'),
      delta('3', 'b'),
      signed,
      delta('56'),
      sent[7],
      sent[8],
    ]);
  });

  test('passes the first delta on at once, and joins the following ones', async () => {
    const words = Array.from({ length: 40 }, (_, index) => `${index} `);
    const received = Promise.withResolvers<undefined>();
    async function* send() {
      for (const [index, word] of words.entries()) {
        yield delta(word);
        await (index === 0 ? received.promise : sleep(5));
      }
    }
    const parts: Part[] = [];
    for await (const part of await streamed(send())) {
      parts.push(part);
      received.resolve(undefined);
    }
    expect(parts[0]).toEqual(delta('0 '));
    expect(parts.length).toBeLessThanOrEqual(words.length / 2);
    expect(parts.map((part) => ('delta' in part ? part.delta : '')).join('')).toBe(words.join(''));
  });

  test('fails only after all parts have been read', async () => {
    async function* send() {
      yield delta('1');
      yield { type: 'text-end', id: 'a' } satisfies Part;
      throw new Error('broken');
    }
    const reader = (await streamed(send())).getReader();
    await expect(reader.read()).resolves.toEqual({ done: false, value: delta('1') });
    await expect(reader.read()).resolves.toEqual({ done: false, value: { type: 'text-end', id: 'a' } });
    await expect(reader.read()).rejects.toThrow('broken');
  });

  test('pauses reading from the model for a slow reader', async () => {
    let sent = 0;
    async function* endless() {
      for (;;) {
        sent += 1000;
        yield delta('x'.repeat(1000));
      }
    }
    const stream = await streamed(endless());
    await sleep(50);
    expect(sent).toBeLessThan(20_000);
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
    await sleep(10);
    expect(sent).toBeLessThan(60_000);
  });
});
