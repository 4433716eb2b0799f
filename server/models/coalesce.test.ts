import { setTimeout as sleep } from 'node:timers/promises';
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { describe, expect, test } from '@jest/globals';
import { wrapLanguageModel } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { coalesceDeltas } from './coalesce.ts';

type Part = LanguageModelV4StreamPart;

const delta = (text: string, id = 'a'): Part => ({ type: 'text-delta', id, delta: text });

/** What readers are handed of a model that says `parts`. */
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
  test('joins deltas that come together, of one text only, and keeps the order', async () => {
    const signed = { ...delta('4'), providerMetadata: { some: { signature: 'x' } } };
    async function* speak() {
      yield* said;
    }
    const said: Part[] = [
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
    await expect(all(await streamed(speak()))).resolves.toEqual([
      said[0],
      delta('12'),
      delta('3', 'b'),
      signed,
      delta('56'),
      said[7],
      said[8],
    ]);
  });

  test('hands the first delta on at once, and then fewer than come', async () => {
    const words = Array.from({ length: 40 }, (_, index) => `${index} `);
    const heard = Promise.withResolvers<undefined>();
    async function* speak() {
      for (const [index, word] of words.entries()) {
        yield delta(word);
        await (index === 0 ? heard.promise : sleep(5));
      }
    }
    const parts: Part[] = [];
    for await (const part of await streamed(speak())) {
      parts.push(part);
      heard.resolve(undefined);
    }
    expect(parts[0]).toEqual(delta('0 '));
    expect(parts.length).toBeLessThanOrEqual(words.length / 2);
    expect(parts.map((part) => ('delta' in part ? part.delta : '')).join('')).toBe(words.join(''));
  });

  test('a failure comes after all that was said', async () => {
    async function* speak() {
      yield delta('1');
      yield { type: 'text-end', id: 'a' } satisfies Part;
      throw new Error('broken');
    }
    const reader = (await streamed(speak())).getReader();
    await expect(reader.read()).resolves.toEqual({ done: false, value: delta('1') });
    await expect(reader.read()).resolves.toEqual({ done: false, value: { type: 'text-end', id: 'a' } });
    await expect(reader.read()).rejects.toThrow('broken');
  });

  test('reads no further than a slow reader can hold', async () => {
    let said = 0;
    async function* endless() {
      for (;;) {
        said += 1000;
        yield delta('x'.repeat(1000));
      }
    }
    const stream = await streamed(endless());
    await sleep(50);
    expect(said).toBeLessThan(20_000);
    const reader = stream.getReader();
    await reader.read();
    await reader.cancel();
    await sleep(10);
    expect(said).toBeLessThan(60_000);
  });
});
