import type { LanguageModelV4 } from '@ai-sdk/provider';
import { createProviderRegistry } from 'ai';
import { type Provider, PROVIDERS } from '#contract/models';
import { invalidInput } from '#layer/index';
import type { Env } from '#server/env';
import { AppError } from '#server/errors';
import { coalesceDeltas } from './coalesce.ts';
import { connect, KEY_SETTINGS } from './providers.ts';
import { maxTemperature } from './temperature.ts';
import { failIfTruncated } from './truncation.ts';

export { type Provider, PROVIDERS } from '#contract/models';

/** The decrypted provider keys of one user. */
export type ProviderKeys = Partial<Record<Provider, string>>;

/** A model that users can choose. */
export interface ModelInfo {
  /** `provider/model`, or `guide`. */
  id: string;
  /** The id without its provider. */
  name: string;
  provider: Provider | 'guide';
  /** True if it can be called: it has a key or needs none. */
  available: boolean;
  /** True if a call would use the user's own key. */
  ownKey: boolean;
  /** The highest temperature; `null` if it has none. */
  maxTemperature: number | null;
}

/** The models of this installation. */
export interface Models {
  /** The id of the model that answers if the user has chosen none. */
  readonly defaultId: string;
  /** Lists the models, the default first. `keys` has the providers for which the user has an own key. */
  list: (keys: ReadonlySet<Provider>) => ModelInfo[];
  /**
   * Returns the model to call. The user's own key takes precedence over the server's.
   * @throws {AppError} INVALID_INPUT if the id is unknown, MODEL_UNAUTHORIZED if there is no key.
   */
  resolve: (id: string, keys: ProviderKeys) => LanguageModelV4;
}

const GUIDE = 'guide';

/** Creates the models of the settings: AI_MODEL, AI_MODELS and the guide. Connects to no provider. */
export function createModels(env: Env, guide: LanguageModelV4): Models {
  const ids = [...new Set([env.AI_MODEL, ...(env.AI_MODELS ?? []), GUIDE])];
  const coalesce = coalesceDeltas();
  const withKey = (provider: Provider, apiKey: string | undefined) => {
    const connected = connect(env, provider, apiKey);
    if (!connected) return undefined;
    return createProviderRegistry(
      { [provider]: connected },
      { separator: '/', languageModelMiddleware: [failIfTruncated, coalesce] },
    );
  };
  const withServerKey = new Map(
    PROVIDERS.map((provider) => [provider, withKey(provider, env[KEY_SETTINGS[provider]])]),
  );
  /** Models with the server's key, by id. They are cached because creating one costs as much as several deltas. */
  const shared = new Map<string, LanguageModelV4>();

  return {
    defaultId: env.AI_MODEL,
    list: (keys) =>
      ids.map((id) => {
        const { provider, name } = split(id);
        const described = { id, name, provider, maxTemperature: maxTemperature(id) };
        if (provider === GUIDE) return { ...described, available: true, ownKey: false };
        const ownKey = keys.has(provider) && isReachable(env, provider);
        return { ...described, available: ownKey || Boolean(withServerKey.get(provider)), ownKey };
      }),
    resolve(id, keys) {
      if (!ids.includes(id)) {
        throw invalidInput([{ pointer: '/model', message: `must be one of ${ids.join(', ')}` }]);
      }
      const { provider, name } = split(id);
      if (provider === GUIDE) return guide;
      const ownKey = keys[provider];
      const known = ownKey ? undefined : shared.get(id);
      if (known) return known;
      const registry = ownKey ? withKey(provider, ownKey) : withServerKey.get(provider);
      if (!registry) throw noKey(env, provider);
      const model = registry.languageModel(`${provider}/${name}`);
      if (!ownKey) shared.set(id, model);
      return model;
    },
  };
}

/** Splits an id at its first slash. The provider's own name of a model may contain more slashes. */
export function split(id: string): { provider: Provider | typeof GUIDE; name: string } {
  const provider = PROVIDERS.find((known) => id.startsWith(`${known}/`));
  return provider
    ? { provider, name: id.slice(provider.length + 1) }
    : { provider: GUIDE, name: 'Offline guide' };
}

/** Returns the provider of a model, `guide` for the offline guide. */
export const providerOf = (id: string): Provider | typeof GUIDE => split(id).provider;

function isReachable(env: Env, provider: Provider): boolean {
  return provider !== 'openai-compatible' || env.AI_BASE_URL !== undefined;
}

/** Returns a sentence about what AI_MODEL lacks to answer users without their own key; undefined if nothing. */
export function missingKey(env: Env): string | undefined {
  const { provider } = split(env.AI_MODEL);
  if (provider === GUIDE) return undefined;
  const set = `AI_MODEL=${env.AI_MODEL} cannot answer yet:`;
  if (!isReachable(env, provider)) return `${set} set AI_BASE_URL to the URL of its API.`;
  const setting = KEY_SETTINGS[provider];
  if (provider === 'openai-compatible' || env[setting]) return undefined;
  return `${set} set ${setting}, or users need a key of their own in their settings.`;
}

function noKey(env: Env, provider: Provider): AppError {
  const detail = isReachable(env, provider)
    ? `There is no API key for ${provider}: set ${KEY_SETTINGS[provider]} on the server or store a key of your own.`
    : `The server has no URL for ${provider}: set AI_BASE_URL.`;
  return new AppError('MODEL_UNAUTHORIZED', { detail });
}
