import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { describe, expect, test } from '@jest/globals';
import { type UIMessage, type UIMessageChunk, wrapLanguageModel } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { parseEnv } from '#server/env';
import { coalesceDeltas } from '#server/models/coalesce';
import { failIfTruncated } from '#server/models/truncation';
import { silent } from '#test/logs';
import type { NewRun } from './engine.ts';
import type { LoadFiles } from './files/load.ts';
import { foldChunks } from './fold.ts';
import { type Abort, writeAnswer } from './run-answer.ts';

type Part = LanguageModelV4StreamPart;

const withoutFiles: LoadFiles = (_owner, messages) => Promise.resolve([...messages]);

const usage = {
  inputTokens: { total: 3, noCache: 3, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 5, text: 5, reasoning: 0 },
};
const FINISH: Part = { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage };

/** Returns a model that sends these parts as fast as they are read and never ends on its own. */
function modelOf(parts: () => Iterable<Part>): LanguageModelV4 {
  const model = new MockLanguageModelV4({
    doStream() {
      const iterator = parts()[Symbol.iterator]();
      const stream = new ReadableStream<Part>({
        start(controller) {
          controller.enqueue({ type: 'stream-start', warnings: [] });
        },
        pull(controller) {
          const { done, value } = iterator.next();
          if (done === true) return new Promise(() => undefined);
          controller.enqueue(value);
          return undefined;
        },
      });
      return Promise.resolve({ stream });
    },
  });
  return wrapLanguageModel({ model, middleware: [failIfTruncated, coalesceDeltas()] });
}

const QUESTION: UIMessage = { id: 'q', role: 'user', parts: [{ type: 'text', text: 'Go!' }] };

/** Lets a model write an answer. The limits are 1,000 characters, 20 parts and `seconds`. */
async function answerOf(
  model: LanguageModelV4,
  seconds = 60,
  opening: UIMessageChunk[] = [],
  conversation: NewRun['conversation'] = Promise.resolve({
    messages: [QUESTION],
    summary: null,
    fromId: null,
  }),
) {
  const controller = new AbortController();
  const control: Abort = {
    signal: controller.signal,
    reason: null,
    abort(reason) {
      control.reason ??= reason;
      controller.abort();
    },
  };
  const run: NewRun = {
    runId: 'run',
    messageId: 'message',
    chatId: 'chat',
    userId: 'user',
    conversation,
    model: 'test',
    reserved: null,
    requestId: 'request',
    keys: {},
    instructions: '',
    temperature: null,
    opening,
    last: { seq: 1, chunks: '[]' },
    spent: null,
    titleFor: null,
    leave: () => undefined,
  };
  const env = parseEnv({
    AI_ANSWER_CHARACTERS: '1000',
    AI_ANSWER_PARTS: '20',
    AI_ANSWER_SECONDS: String(seconds),
  });
  const models = { defaultId: 'test', list: () => [], resolve: () => model };
  const written: UIMessageChunk[] = [];
  const deps = { env, log: silent, models, loadFiles: withoutFiles };
  const { chunks, ending } = await writeAnswer(deps, run, control, (chunk) => {
    written.push(chunk);
    return Promise.resolve();
  });
  const parts = await foldChunks('message', chunks);
  expect(await foldChunks('message', [...opening, ...written])).toEqual(parts);
  return { parts, ending, written, control };
}

function* forever(make: (n: number) => Part[]): Generator<Part, void, void> {
  for (let n = 0; ; n++) yield* make(n);
}

const text = (id: string, delta: string): Part[] => [
  { type: 'text-start', id },
  { type: 'text-delta', id, delta },
  { type: 'text-end', id },
];

function* endless(start: Part, make: (n: number) => Part): Generator<Part, void, void> {
  yield start;
  yield* forever((n) => [make(n)]);
}

const TOO_LONG = { status: 'failed', error: 'ANSWER_TOO_LONG' };

/** Endless answers, by their content. */
const HOSTILE: Record<string, () => Iterable<Part>> = {
  'distinct words': () =>
    endless({ type: 'text-start', id: '0' }, (n) => ({ type: 'text-delta', id: '0', delta: `word${n} ` })),
  'one word': () =>
    endless({ type: 'text-start', id: '0' }, () => ({ type: 'text-delta', id: '0', delta: 'x'.repeat(400) })),
  'NUL and half characters': () =>
    endless({ type: 'text-start', id: '0' }, () => ({ type: 'text-delta', id: '0', delta: '\0\ud83d' })),
  'tiny texts': () => forever((n) => text(`${n}`, 'x')),
  'empty texts': () => forever((n) => text(`${n}`, '')),
  thoughts: () =>
    endless({ type: 'reasoning-start', id: '0' }, () => ({
      type: 'reasoning-delta',
      id: '0',
      delta: 'Hm. ',
    })),
  'many thoughts': () =>
    forever((n) => [
      { type: 'reasoning-start', id: `${n}` },
      { type: 'reasoning-end', id: `${n}` },
    ]),
  signatures: () =>
    endless({ type: 'reasoning-start', id: '0' }, () => ({
      type: 'reasoning-delta',
      id: '0',
      delta: '',
      providerMetadata: { p: { signature: 'abc' } },
    })),
  sources: () =>
    forever((n) => [{ type: 'source', sourceType: 'url', id: `${n}`, url: 'https://example.com' }]),
  'a source with a long title': () =>
    forever((n) => [
      { type: 'source', sourceType: 'url', id: `${n}`, url: 'https://example.com', title: 'x'.repeat(2000) },
    ]),
  files: () =>
    forever(() => [{ type: 'file', mediaType: 'image/png', data: { type: 'data', data: 'A'.repeat(4000) } }]),
  'tool calls': () =>
    forever((n) => [
      { type: 'tool-input-start', id: `${n}`, toolName: 'look' },
      { type: 'tool-input-delta', id: `${n}`, delta: '{}' },
      { type: 'tool-input-end', id: `${n}` },
    ]),
  'one tool input': () =>
    endless({ type: 'tool-input-start', id: '0', toolName: 'look' }, () => ({
      type: 'tool-input-delta',
      id: '0',
      delta: '[1,',
    })),
  'long ids': () => forever((n) => text(`${'x'.repeat(500)}${n}`, '')),
};

describe('an answer that never ends', () => {
  test.each(Object.entries(HOSTILE))(
    'of %s fails, and the part within the limits is kept',
    async (_, parts) => {
      const { parts: kept, ending, control } = await answerOf(modelOf(parts));
      expect(ending).toMatchObject(TOO_LONG);
      expect(ending.usage).not.toBeNull();
      expect(ending.chunks).toContainEqual(
        expect.objectContaining({
          type: 'data-error',
          data: expect.objectContaining({ code: 'ANSWER_TOO_LONG' }),
        }),
      );
      expect(control.signal.aborted).toBe(true);
      expect(kept.length).toBeLessThanOrEqual(20);
      expect(JSON.stringify(kept).length).toBeLessThan(1000 * 6 + 20 * 300);
    },
  );

  test.each([
    [
      'empty deltas',
      () => endless({ type: 'text-start', id: '0' }, () => ({ type: 'text-delta', id: '0', delta: '' })),
    ],
    [
      'empty deltas of two texts in turn',
      () =>
        forever((n): Part[] =>
          n === 0
            ? [
                { type: 'text-start', id: '0' },
                { type: 'text-start', id: '1' },
              ]
            : [{ type: 'text-delta', id: `${n % 2}`, delta: '' }],
        ),
    ],
    ['metadata', () => forever(() => [{ type: 'response-metadata', id: 'x' }])],
    ['a beginning', () => text('0', 'so far').slice(0, 2)],
  ] satisfies [string, () => Iterable<Part>][])('of %s ends after AI_ANSWER_SECONDS', async (_, parts) => {
    const { ending, written } = await answerOf(modelOf(parts), 1);
    expect(ending).toMatchObject(TOO_LONG);
    expect(written.length).toBeLessThan(5);
  });

  test('ends after AI_ANSWER_SECONDS if the model ignores the abort', async () => {
    const model = new MockLanguageModelV4({ doStream: () => new Promise(() => undefined) });
    expect((await answerOf(model, 1)).ending).toMatchObject(TOO_LONG);
  });

  test('ends five seconds after AI_ANSWER_SECONDS if reading the conversation never ends', async () => {
    const stuck = new Promise<never>(() => undefined);
    expect(
      (
        await answerOf(
          modelOf(() => []),
          1,
          [],
          stuck,
        )
      ).ending,
    ).toMatchObject(TOO_LONG);
  });

  test('ends with `finish`, even if the model sends more', async () => {
    const { parts, ending } = await answerOf(
      modelOf(function* () {
        yield* text('0', 'Hello');
        yield FINISH;
        yield* forever((n) => text(`more ${n}`, 'x'));
      }),
    );
    expect(ending).toMatchObject({ status: 'complete', usage: { inputTokens: 3, outputTokens: 5 } });
    expect(parts).toEqual([{ type: 'step-start' }, expect.objectContaining({ type: 'text', text: 'Hello' })]);
  });
});

const textOf = (parts: Awaited<ReturnType<typeof answerOf>>['parts']) =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

describe('the character limit', () => {
  const ofLength = (length: number) => modelOf(() => [...text('0', 'x'.repeat(length)), FINISH]);

  test('is exact', async () => {
    const exact = await answerOf(ofLength(1000));
    expect(exact.ending.status).toBe('complete');
    expect(textOf(exact.parts)).toHaveLength(1000);
    const over = await answerOf(ofLength(1001));
    expect(over.ending).toMatchObject(TOO_LONG);
    expect(textOf(over.parts)).toBe('x'.repeat(1000));
  });

  test('does not split a surrogate pair', async () => {
    const { parts } = await answerOf(modelOf(() => text('0', `x${'\u{1f600}'.repeat(500)}`)));
    expect(textOf(parts)).toBe(`x${'\u{1f600}'.repeat(499)}`);
  });

  test('includes the text from before a continuation', async () => {
    const before: UIMessageChunk[] = [
      { type: 'text-start', id: 'before-0' },
      { type: 'text-delta', id: 'before-0', delta: 'x'.repeat(998) },
      { type: 'text-end', id: 'before-0' },
    ];
    const { parts, ending } = await answerOf(ofLength(5), 60, before);
    expect(ending).toMatchObject(TOO_LONG);
    expect(textOf(parts)).toHaveLength(1000);
  });
});

test.each([
  [1e300, 2 ** 31 - 1],
  [3.7, 3],
  // Impossible values are replaced by an estimate.
  [-5, 2],
  [NaN, 2],
])('%s tokens reported by a provider are stored as %s', async (sent, stored) => {
  const finish: Part = {
    ...FINISH,
    usage: { ...usage, outputTokens: { ...usage.outputTokens, total: sent } },
  };
  const { ending } = await answerOf(modelOf(() => [...text('0', 'Hello'), finish]));
  expect(ending).toMatchObject({ status: 'complete', usage: { outputTokens: stored } });
});
