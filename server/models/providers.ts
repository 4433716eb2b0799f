import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { ProviderV4 } from '@ai-sdk/provider';
import type { Provider } from '#contract/models';
import type { Env } from '#server/env';
import { fetchWithIdleTimeout } from './idle-timeout.ts';

/** Stated, because the SDKs otherwise take them from environment variables that our settings do not list. */
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
 * The AI SDK's provider, speaking with `apiKey`; every request obeys the silence limit AI_TIMEOUT_SECONDS.
 * @returns `undefined` where it cannot be reached: no key, or no AI_BASE_URL for openai-compatible, which needs
 * no key and whose keys go to that address only.
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
