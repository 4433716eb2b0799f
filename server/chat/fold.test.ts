import { describe, expect, test } from '@jest/globals';
import { readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai';
import { textOf } from '#server/search/message-text';
import { cpuTime } from '#test/cpu-time';
import fc from '#test/fast-check';
import { addedText, createChunkList } from './chunks.ts';
import { foldChunks } from './fold.ts';

/** Returns the parts as an AI SDK client has them, with every text closed and without an empty step at the end. */
async function foldedByClient(chunks: readonly UIMessageChunk[]): Promise<UIMessage['parts']> {
  const stream = new ReadableStream<UIMessageChunk>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  let parts: UIMessage['parts'] = [];
  const message: UIMessage = { id: 'm', role: 'assistant', parts: [] };
  for await (const snapshot of readUIMessageStream({ message, stream })) parts = snapshot.parts;
  const length = parts.findLastIndex((part) => part.type !== 'step-start') + 1;
  return parts
    .slice(0, length)
    .map((part) => (part.type === 'text' || part.type === 'reasoning' ? { ...part, state: 'done' } : part));
}

const metadata = fc.option(fc.constant({ providerMetadata: { p: { signature: 's' } } }), { nil: {} });

/** A text or reasoning block: opened, extended, closed. */
const block = (type: 'text' | 'reasoning') =>
  fc
    .tuple(
      fc.array(fc.tuple(fc.string({ unit: 'binary', maxLength: 4 }), metadata), { maxLength: 5 }),
      metadata,
    )
    .map(([deltas, end]) => (id: string): UIMessageChunk[] => [
      { type: `${type}-start`, id },
      ...deltas.map(([delta, more]): UIMessageChunk => ({ type: `${type}-delta`, id, delta, ...more })),
      { type: `${type}-end`, id, ...end },
    ]);

/** A tool call whose input arrives as fragments of its JSON. */
const tool = fc
  .tuple(fc.array(fc.string({ maxLength: 3 }), { maxLength: 5 }), fc.integer({ min: 1, max: 9 }))
  .map(([input, size]) => (id: string): UIMessageChunk[] => [
    { type: 'tool-input-start', toolCallId: id, toolName: 'look', dynamic: true },
    ...(JSON.stringify(input).match(new RegExp(`.{1,${size}}`, 'gsu')) ?? []).map((text): UIMessageChunk => ({
      type: 'tool-input-delta',
      toolCallId: id,
      inputTextDelta: text,
    })),
    { type: 'tool-input-available', toolCallId: id, toolName: 'look', input, dynamic: true },
    { type: 'tool-output-available', toolCallId: id, output: { found: input.length }, dynamic: true },
  ]);

const single = fc
  .constantFrom<UIMessageChunk>(
    { type: 'source-url', sourceId: 's', url: 'https://example.com', title: 'Source' },
    { type: 'file', url: 'data:text/plain,x', mediaType: 'text/plain' },
    { type: 'start-step' },
    { type: 'data-note', data: 1 },
  )
  .map((chunk) => (): UIMessageChunk[] => [chunk]);

/** Answers whose blocks are interleaved in any way. */
const answer = fc
  .tuple(
    fc.array(fc.oneof(block('text'), block('reasoning'), tool, single), { maxLength: 6 }),
    fc.array(fc.nat(5), { maxLength: 60 }),
  )
  .map(([makers, turns]) => {
    const waiting = makers.map((make, index) => make(`${index % 3} of ${index}`));
    const chunks: UIMessageChunk[] = [{ type: 'start', messageId: 'm' }];
    for (const turn of turns)
      chunks.push(...(waiting[turn % Math.max(waiting.length, 1)]?.splice(0, 1) ?? []));
    return [...chunks, ...waiting.flat()];
  });

describe('foldChunks', () => {
  test('returns the same parts as an AI SDK client, for whole answers and for any beginning of one', async () => {
    await fc.assert(
      fc.asyncProperty(answer, fc.nat(100), async (chunks, cut) => {
        for (const log of [chunks, chunks.slice(0, cut)]) {
          const expected = JSON.stringify(await foldedByClient(log));
          expect(JSON.stringify(await foldChunks('m', log))).toBe(expected);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('returns two parts for two blocks with the same id', async () => {
    const once: UIMessageChunk[] = [
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'a' },
      { type: 'text-end', id: '0' },
    ];
    const parts = await foldChunks('m', [...once, ...once]);
    expect(parts.map((part) => part.type === 'text' && part.text)).toEqual(['a', 'a']);
  });
});

const KINDS: Record<string, (count: number) => UIMessageChunk[]> = {
  'deltas of one text': (count) => [
    { type: 'text-start', id: '0' },
    ...times(count * 25, (n): UIMessageChunk => ({ type: 'text-delta', id: '0', delta: `word ${n} ` })),
  ],
  'deltas of two texts in turn': (count) => [
    { type: 'text-start', id: '0' },
    { type: 'text-start', id: '1' },
    ...times(count * 25, (n): UIMessageChunk => ({
      type: 'text-delta',
      id: `${n % 2}`,
      delta: `word ${n} `,
    })),
  ],
  'deltas of two tool inputs in turn': (count) => [
    { type: 'tool-input-start', toolCallId: '0', toolName: 'look', dynamic: true },
    { type: 'tool-input-start', toolCallId: '1', toolName: 'look', dynamic: true },
    ...times(count * 25, (n): UIMessageChunk => ({
      type: 'tool-input-delta',
      toolCallId: `${n % 2}`,
      inputTextDelta: '[1,',
    })),
  ],
  thoughts: (count) =>
    times(count, (n): UIMessageChunk[] => [
      { type: 'reasoning-start', id: `${n}` },
      { type: 'reasoning-delta', id: `${n}`, delta: 'Hm.' },
      { type: 'reasoning-end', id: `${n}` },
    ]).flat(),
  sources: (count) =>
    times(count, (n): UIMessageChunk => ({
      type: 'source-url',
      sourceId: `${n}`,
      url: 'https://example.com',
    })),
};

const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));

/**
 * How many times as large the larger answer is. The smaller one is folded as many times, because a thread's CPU time
 * has a resolution of some milliseconds.
 */
const TIMES = 8;
const ROUNDS = 3;

/**
 * Returns the ratio of the CPU times of folding an answer of eight times the size: the minima of some alternating
 * rounds.
 */
async function ratioOf(make: (count: number) => UIMessageChunk[]): Promise<number> {
  async function costOf(chunks: UIMessageChunk[], times: number): Promise<number> {
    const begun = cpuTime();
    for (let time = 0; time < times; time++) await foldChunks('m', chunks);
    return (cpuTime() - begun) / times;
  }
  const [small, large] = [make(500), make(500 * TIMES)];
  let [least, leastOfLarge] = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++) {
    least = Math.min(least, await costOf(small, TIMES));
    leastOfLarge = Math.min(leastOfLarge, await costOf(large, 1));
  }
  return leastOfLarge / least;
}

test.each(Object.entries(KINDS))('foldChunks takes linear time for %s', async (_, make) => {
  // If it were quadratic, it would be 64.
  expect(await ratioOf(make)).toBeLessThan(24);
});

describe('createChunkList', () => {
  test('keeps one delta for each block, for any number of interleaved deltas', () => {
    const list = createChunkList();
    for (const chunk of KINDS['deltas of two texts in turn']?.(1000) ?? []) list.add(chunk);
    expect(list.chunks.map(({ type }) => type)).toEqual([
      'text-start',
      'text-start',
      'text-delta',
      'text-delta',
    ]);
    const texts = list.take().map(addedText).filter(Boolean);
    expect(texts.map((text) => text.split(' ').length)).toEqual([25_001, 25_001]);
    expect(list.chunks).toEqual([]);
  });
});

test('textOf returns well-formed text without NUL', () => {
  const parts = [
    { type: 'text' as const, text: 'a\0b \ud83d' },
    { type: 'reasoning' as const, text: 'thought' },
    { type: 'text' as const, text: '\u{1f600}' },
  ];
  expect(textOf(parts)).toBe('a b \ufffd\n\u{1f600}');
});
