import { setTimeout as pause } from 'node:timers/promises';
import { createOpenAI } from '@ai-sdk/openai';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateText, type LanguageModel, RetryError, streamText, wrapLanguageModel } from 'ai';
import type { ErrorCode } from '#contract/errors';
import { parseEnv } from '#server/env';
import { AppError } from '#server/errors';
import {
  answerDeltas,
  DELTAS_BEFORE_FAILURE,
  type ProviderServer,
  SECRET,
  startProviderServer,
} from '#test/provider-server';
import { toModelError } from './errors.ts';
import { createGuide } from './guide/index.ts';
import { createModels } from './index.ts';
import { failIfTruncated } from './truncation.ts';

const BEFORE_FAILURE = answerDeltas(DELTAS_BEFORE_FAILURE).join('');

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

function modelAt(url: string, name: string): LanguageModel {
  const id = `openai-compatible/${name}`;
  const guide = createGuide({ procedures: [], settings: [], root: import.meta.dirname });
  return createModels(parseEnv({ AI_MODEL: id, AI_BASE_URL: url, AI_TIMEOUT_SECONDS: '1' }), guide).resolve(
    id,
    {},
  );
}

/** Streams an answer to its end like a chat, and returns its text, parts and errors. */
async function stream(model: LanguageModel, abortSignal?: AbortSignal) {
  const errors: unknown[] = [];
  const parts: string[] = [];
  let text = '';
  const result = streamText({
    model,
    prompt: 'Hello',
    maxRetries: 0,
    onError: ({ error }) => {
      errors.push(error);
    },
    ...(abortSignal && { abortSignal }),
  });
  for await (const part of result.stream) {
    parts.push(part.type);
    if (part.type === 'text-delta') text += part.text;
  }
  return { text, parts, errors: errors.map(toModelError), result };
}

/** Expects the connection of the last request to be closed soon. */
async function expectAbandoned() {
  const request = server.requests.at(-1);
  for (let waited = 0; waited < 2000 && !request?.abandoned; waited += 20) await pause(20);
  expect(request?.abandoned).toBe(true);
}

const ask = (name: string) => stream(modelAt(server.url, name));

describe('an answer', () => {
  test('arrives complete, with usage', async () => {
    const { text, errors, result } = await ask('normal');
    expect(errors).toEqual([]);
    expect(text).toBe('word1 word2 word3 word4 word5');
    expect(await result.finishReason).toBe('stop');
    expect(await result.usage).toMatchObject({ inputTokens: 1, outputTokens: 5 });
  });

  test('may take longer than the idle timeout in total', async () => {
    const { text, errors } = await ask('slow-4x400');
    expect(errors).toEqual([]);
    expect(text).toBe('word1 word2 word3 word4');
  });

  test('may have a slow reader', async () => {
    const result = streamText({ model: modelAt(server.url, 'slow-20x1'), prompt: 'Hello', maxRetries: 0 });
    let text = '';
    for await (const part of result.textStream) {
      if (text === '') await pause(1500);
      text += part;
    }
    expect(await result.finishReason).toBe('stop');
    expect(text).toMatch(/^word1 .* word20$/);
  });
});

describe('a failing provider', () => {
  test.each<[model: string, kind: ErrorCode, text: string]>([
    ['error-400', 'MODEL_REJECTED', ''],
    ['error-401', 'MODEL_UNAUTHORIZED', ''],
    ['error-403', 'MODEL_UNAUTHORIZED', ''],
    ['error-404', 'MODEL_REJECTED', ''],
    ['error-413', 'CONTEXT_TOO_LONG', ''],
    ['context-10', 'CONTEXT_TOO_LONG', ''],
    ['error-408', 'MODEL_TIMEOUT', ''],
    ['error-429', 'MODEL_RATE_LIMITED', ''],
    ['error-500', 'MODEL_UNAVAILABLE', ''],
    ['error-503', 'MODEL_UNAVAILABLE', ''],
    ['silent', 'MODEL_TIMEOUT', ''],
    ['silent-start', 'MODEL_TIMEOUT', ''],
    ['silent-middle', 'MODEL_TIMEOUT', BEFORE_FAILURE],
    ['cut', 'MODEL_UNAVAILABLE', BEFORE_FAILURE],
    ['unfinished', 'MODEL_BAD_RESPONSE', BEFORE_FAILURE],
    ['malformed', 'MODEL_BAD_RESPONSE', BEFORE_FAILURE],
    ['misshapen', 'MODEL_BAD_RESPONSE', BEFORE_FAILURE],
    ['error-chunk-429', 'MODEL_RATE_LIMITED', BEFORE_FAILURE],
    ['error-chunk-999', 'MODEL_UNAVAILABLE', BEFORE_FAILURE],
  ])('%s causes %s once, and the text so far is kept', async (name, kind, written) => {
    const { text, parts, errors, result } = await ask(name);
    expect(errors.map((error) => error.kind)).toEqual([kind]);
    expect(text).toBe(written);
    expect(errors[0]?.message).not.toContain(SECRET);
    expect(errors[0]?.message).not.toContain('127.0.0.1');
    if (written === '') return;
    expect(parts).toContain('text-end');
    expect(await result.finishReason).toBe('error');
    expect(await result.text).toBe(written);
  });

  test('causes an error with its retry-after', async () => {
    const { errors } = await ask('error-429');
    expect(errors[0]?.options.retryAfter).toBe(7);
  });

  test('causes MODEL_UNAVAILABLE if it cannot be reached', async () => {
    const closed = await startProviderServer();
    await closed.close();
    const { errors } = await stream(modelAt(closed.url, 'normal'));
    expect(errors.map((error) => error.kind)).toEqual(['MODEL_UNAVAILABLE']);
  });

  test('is disconnected after the idle timeout', async () => {
    await ask('silent-middle');
    await expectAbandoned();
  });

  test('causes the same errors without streaming', async () => {
    const generate = (name: string) =>
      generateText({ model: modelAt(server.url, name), prompt: 'Hello', maxRetries: 0 }).then(
        () => 'answered',
        (error: unknown) => toModelError(error).kind,
      );
    expect(await generate('normal')).toBe('answered');
    expect(await generate('error-401')).toBe('MODEL_UNAUTHORIZED');
    expect(await generate('malformed')).toBe('MODEL_BAD_RESPONSE');
    expect(await generate('silent')).toBe('MODEL_TIMEOUT');
  });

  test('causes the error of the last attempt after retries', async () => {
    const failures = ['error-429', 'error-500'].map((name) =>
      generateText({ model: modelAt(server.url, name), prompt: 'Hello', maxRetries: 0 }).catch(
        (error: unknown) => error,
      ),
    );
    const errors = await Promise.all(failures);
    const retried = new RetryError({
      message: 'Failed after 2 attempts.',
      reason: 'maxRetriesExceeded',
      errors,
    });
    expect(toModelError(retried).kind).toBe('MODEL_UNAVAILABLE');
  });
});

test('failIfTruncated detects a truncated answer that the SDK reports as finished', async () => {
  const openai = createOpenAI({ apiKey: 'sk-test', baseURL: server.url }).chat('unfinished');
  const unguarded = await stream(openai);
  expect(unguarded.errors).toEqual([]);
  const guarded = await stream(wrapLanguageModel({ model: openai, middleware: failIfTruncated }));
  expect(guarded.errors.map((error) => error.kind)).toEqual(['MODEL_BAD_RESPONSE']);
  expect(guarded.text).toBe(BEFORE_FAILURE);
});

test('an answer stopped by the caller is aborted, not failed, and the provider is disconnected', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 100);
  const { parts, errors } = await stream(modelAt(server.url, 'slow-1000x10'), stop.signal);
  expect(parts).toContain('abort');
  expect(errors).toEqual([]);
  await expectAbandoned();
});

test('the stream of failIfTruncated fails with the abort, without an error part', async () => {
  const stop = new AbortController();
  const openai = createOpenAI({ apiKey: 'sk-test', baseURL: server.url }).chat('slow-1000x10');
  const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello' }] }];
  const model = wrapLanguageModel({ model: openai, middleware: failIfTruncated });
  const { stream: parts } = await model.doStream({ prompt, abortSignal: stop.signal });
  setTimeout(() => {
    stop.abort();
  }, 100);
  const types: string[] = [];
  const reading = (async () => {
    for await (const part of parts) types.push(part.type);
  })();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  expect(types).toContain('text-delta');
  expect(types).not.toContain('error');
});

describe('toModelError', () => {
  test('returns catalog errors unchanged, even as the cause of other errors', () => {
    const timeout = new AppError('MODEL_TIMEOUT');
    expect(toModelError(timeout)).toBe(timeout);
    expect(toModelError(new Error('outer', { cause: timeout }))).toBe(timeout);
  });

  test('returns INTERNAL_SERVER_ERROR for unknown errors', () => {
    expect(toModelError(new TypeError('x is undefined')).kind).toBe('INTERNAL_SERVER_ERROR');
    expect(toModelError('text').kind).toBe('INTERNAL_SERVER_ERROR');
    expect(toModelError(undefined).kind).toBe('INTERNAL_SERVER_ERROR');
  });

  test('ends with circular causes', () => {
    const error = new Error('circular');
    error.cause = error;
    expect(toModelError(error).kind).toBe('INTERNAL_SERVER_ERROR');
  });
});
