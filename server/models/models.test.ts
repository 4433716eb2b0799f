import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { generateText } from 'ai';
import type { Provider } from '#contract/models';
import { parseEnv } from '#server/env';
import { type ProviderServer, startProviderServer } from '#test/provider-server';
import { createGuide } from './guide/index.ts';
import { createModels, missingKey } from './index.ts';

const guide = createGuide({ procedures: [], settings: [], root: import.meta.dirname });
const NONE: ReadonlySet<Provider> = new Set();

const models = (settings: Record<string, string>) => createModels(parseEnv(settings), guide);

describe('list', () => {
  test('returns the guide as the default if nothing is set', () => {
    const { defaultId, list } = models({});
    expect(defaultId).toBe('guide');
    expect(list(NONE)).toEqual([
      {
        id: 'guide',
        name: 'Offline guide',
        provider: 'guide',
        available: true,
        ownKey: false,
        maxTemperature: null,
      },
    ]);
  });

  test('returns each model once, the default first, with the key that a call would use', () => {
    const { list } = models({
      AI_MODEL: 'openai/gpt-5-mini',
      AI_MODELS: 'anthropic/claude-sonnet-4-5, openai/gpt-5-mini, google/gemini-2.5-flash',
      OPENAI_API_KEY: 'sk-server',
    });
    const summary = list(new Set<Provider>(['anthropic'])).map((model) => [
      model.id,
      model.available,
      model.ownKey,
    ]);
    expect(summary).toEqual([
      ['openai/gpt-5-mini', true, false],
      ['anthropic/claude-sonnet-4-5', true, true],
      ['google/gemini-2.5-flash', false, false],
      ['guide', true, false],
    ]);
  });

  test('openai-compatible needs a URL but no key, and the name of a model may contain slashes', () => {
    const AI_MODEL = 'openai-compatible/meta/llama-3';
    const own = new Set<Provider>(['openai-compatible']);
    expect(models({ AI_MODEL, AI_BASE_URL: 'http://127.0.0.1:1/v1' }).list(NONE)[0]).toEqual({
      id: AI_MODEL,
      name: 'meta/llama-3',
      provider: 'openai-compatible',
      available: true,
      ownKey: false,
      maxTemperature: 2,
    });
    expect(models({ AI_MODEL }).list(own)[0]).toMatchObject({ available: false, ownKey: false });
  });
});

describe('missingKey', () => {
  test.each([
    [{}, undefined],
    [{ AI_MODEL: 'openai/gpt-5-mini', OPENAI_API_KEY: 'sk-server' }, undefined],
    [{ AI_MODEL: 'openai-compatible/llama', AI_BASE_URL: 'http://127.0.0.1:1/v1' }, undefined],
    [
      { AI_MODEL: 'openai/gpt-5-mini' },
      /^AI_MODEL=openai\/gpt-5-mini .*set OPENAI_API_KEY.*key of their own/,
    ],
    [{ AI_MODEL: 'google/gemini', OPENAI_API_KEY: 'sk-server' }, /set GOOGLE_GENERATIVE_AI_API_KEY/],
    [{ AI_MODEL: 'openai-compatible/llama', AI_API_KEY: 'sk' }, /set AI_BASE_URL/],
  ])('with %j', (settings, message) => {
    const missing = missingKey(parseEnv(settings));
    if (message) expect(missing).toMatch(message);
    else expect(missing).toBeUndefined();
  });
});

describe('resolve', () => {
  let server: ProviderServer;
  beforeAll(async () => {
    server = await startProviderServer();
  });
  afterAll(() => server.close());

  const ask = async (
    settings: Record<string, string>,
    id: string,
    keys: Partial<Record<Provider, string>>,
  ) => {
    const model = models({ AI_BASE_URL: server.url, ...settings }).resolve(id, keys);
    const { text } = await generateText({ model, prompt: 'Hello', maxRetries: 0 });
    return { text, request: server.requests.at(-1) };
  };

  test('returns the guide', () => {
    expect(models({}).resolve('guide', {})).toBe(guide);
  });

  test('rejects an unknown id with a list of the known ones', () => {
    expect(() => models({}).resolve('openai/gpt-5-mini', { openai: 'sk-own' })).toThrow(
      expect.objectContaining({
        kind: 'INVALID_INPUT',
        options: expect.objectContaining({
          issues: [{ pointer: '/model', message: 'must be one of guide' }],
        }),
      }),
    );
  });

  test('names the setting in the error if there is no key', () => {
    expect(() =>
      models({ AI_MODEL: 'anthropic/claude-sonnet-4-5' }).resolve('anthropic/claude-sonnet-4-5', {}),
    ).toThrow(
      expect.objectContaining({
        kind: 'MODEL_UNAUTHORIZED',
        message: expect.stringContaining('ANTHROPIC_API_KEY'),
      }),
    );
    const AI_MODEL = 'openai-compatible/llama3.3';
    expect(() => models({ AI_MODEL }).resolve(AI_MODEL, { 'openai-compatible': 'sk-own' })).toThrow(
      expect.objectContaining({
        kind: 'MODEL_UNAUTHORIZED',
        message: expect.stringContaining('AI_BASE_URL'),
      }),
    );
  });

  test('sends the whole name after the first slash to the provider', async () => {
    const AI_MODELS = 'openai-compatible/meta/llama-3';
    await expect(ask({ AI_MODELS }, AI_MODELS, {})).rejects.toThrow();
    expect(server.requests.at(-1)?.model).toBe('meta/llama-3');
  });

  test('prefers the user’s own key to the server’s, and sends none if there is neither', async () => {
    const AI_MODEL = 'openai-compatible/normal';
    const own = await ask({ AI_MODEL, AI_API_KEY: 'sk-server' }, AI_MODEL, { 'openai-compatible': 'sk-own' });
    expect(own.text).toBe('word1 word2 word3 word4 word5');
    expect(own.request?.headers.authorization).toBe('Bearer sk-own');
    const shared = await ask({ AI_MODEL, AI_API_KEY: 'sk-server' }, AI_MODEL, { openai: 'sk-own' });
    expect(shared.request?.headers.authorization).toBe('Bearer sk-server');
    const none = await ask({ AI_MODEL }, AI_MODEL, {});
    expect(none.request?.headers.authorization).toBeUndefined();
  });

  test('sends each provider’s key only to that provider, despite environment variables of its SDK', async () => {
    process.env['OPENAI_BASE_URL'] = process.env['ANTHROPIC_BASE_URL'] = 'https://elsewhere.example/v1';
    const sent: [string, string | null][] = [];
    // The hosts of providers cannot be reached from a test, so check the requests to them instead.
    const spy = jest.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
      const headers = new Headers(init?.headers);
      const key = headers.get('authorization') ?? headers.get('x-api-key') ?? headers.get('x-goog-api-key');
      sent.push([new URL(input instanceof Request ? input.url : input).host, key]);
      return Promise.resolve(
        Response.json({ error: { message: 'no', type: 'test_error' } }, { status: 401 }),
      );
    });
    try {
      const AI_MODELS = 'openai/gpt-5-mini,anthropic/claude-sonnet-4-5,google/gemini-2.5-flash';
      const keys = { openai: 'sk-o', anthropic: 'sk-a', google: 'sk-g' };
      for (const id of AI_MODELS.split(',')) {
        await expect(ask({ AI_MODELS, OPENAI_API_KEY: 'sk-server' }, id, keys)).rejects.toThrow();
      }
    } finally {
      spy.mockRestore();
      delete process.env['OPENAI_BASE_URL'];
      delete process.env['ANTHROPIC_BASE_URL'];
    }
    expect(sent).toEqual([
      ['api.openai.com', 'Bearer sk-o'],
      ['api.anthropic.com', 'sk-a'],
      ['generativelanguage.googleapis.com', 'sk-g'],
    ]);
  });
});
