import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { ProviderV4 } from '@ai-sdk/provider';
import type { Provider } from '#contract/models';
import type { Env } from '#server/env';
import { fetchWithIdleTimeout } from './idle-timeout.ts';

/** The base URLs. Without them, the SDKs read environment variables that are not among our settings. */
const BASE_URLS = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta',
};

/** The setting that holds the server's key for each provider. */
export const KEY_SETTINGS = {
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  google: 'GOOGLE_GENERATIVE_AI_API_KEY',
  'openai-compatible': 'AI_API_KEY',
} as const satisfies Record<Provider, keyof Env>;

/**
 * Creates the AI SDK's provider with `apiKey`. Every request has the idle timeout AI_TIMEOUT_SECONDS.
 * @returns `undefined` if it cannot be reached: without a key, or for openai-compatible without AI_BASE_URL.
 * openai-compatible needs no key, and its keys are only sent to AI_BASE_URL.
 */
export function connect(env: Env, provider: Provider, apiKey: string | undefined): ProviderV4 | undefined {
  const fetch = fetchWithIdleTimeout(env.AI_TIMEOUT_SECONDS);
  if (provider === 'openai-compatible') {
    const baseURL = env.AI_BASE_URL;
    if (!baseURL) return undefined;
    return createOpenAICompatible({
      name: provider,
      baseURL,
      includeUsage: true,
      fetch,
      ...(apiKey && { apiKey }),
    });
  }
  if (!apiKey) return undefined;
  const options = { apiKey, baseURL: BASE_URLS[provider], fetch };
  if (provider === 'openai') return createOpenAI(options);
  if (provider === 'anthropic') return createAnthropic(options);
  return createGoogleGenerativeAI(options);
}
