import type { LanguageModelV4 } from '@ai-sdk/provider';
import { createProviderRegistry } from 'ai';
import { type Provider, PROVIDERS } from '#contract/models';
import { invalidInput } from '#layer/index';
import type { Env } from '#server/env';
import { AppError } from '#server/errors';
import { coalesceDeltas } from './coalesce.ts';
import { connect, KEY_SETTINGS } from './providers.ts';
import { failIfTruncated } from './truncation.ts';

export { type Provider, PROVIDERS } from '#contract/models';

/** The provider keys of one user, in clear. */
export type ProviderKeys = Partial<Record<Provider, string>>;

/** A model that may be chosen. */
export interface ModelInfo {
  /** `provider/model`, or `guide`. */
  id: string;
  /** The id without its provider. */
  name: string;
  provider: Provider | 'guide';
  /** Whether it can be called: a key is there, or none is needed. */
  available: boolean;
  /** Whether the user's own key would be used. */
  ownKey: boolean;
}

/** The models of this installation. */
export interface Models {
  /** The id of the model that answers when none is chosen. */
  readonly defaultId: string;
  /** What is on offer, the default first. `keys` names the providers the user has an own key for. */
  list: (keys: ReadonlySet<Provider>) => ModelInfo[];
  /**
   * The model to call. The user's own key wins over the server's.
   * @throws {AppError} INVALID_INPUT when the id is not on offer, MODEL_UNAUTHORIZED when no key is there.
   */
  resolve: (id: string, keys: ProviderKeys) => LanguageModelV4;
}

const GUIDE = 'guide';

/** The models that the settings offer: AI_MODEL, AI_MODELS and the guide; nothing is called before `resolve`. */
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
  /** Models with the server's key, by id: to make one costs as much as several of its deltas. */
  const shared = new Map<string, LanguageModelV4>();

  return {
    defaultId: env.AI_MODEL,
    list: (keys) =>
      ids.map((id) => {
        const { provider, name } = split(id);
        if (provider === GUIDE) return { id, name, provider, available: true, ownKey: false };
        const ownKey = keys.has(provider) && isReachable(env, provider);
        return { id, name, provider, available: ownKey || Boolean(withServerKey.get(provider)), ownKey };
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

/** Only the first slash divides: what follows is the provider's own name for the model, slashes and all. */
function split(id: string): { provider: Provider | typeof GUIDE; name: string } {
  const provider = PROVIDERS.find((known) => id.startsWith(`${known}/`));
  return provider
    ? { provider, name: id.slice(provider.length + 1) }
    : { provider: GUIDE, name: 'Offline guide' };
}

function isReachable(env: Env, provider: Provider): boolean {
  return provider !== 'openai-compatible' || env.AI_BASE_URL !== undefined;
}

/** Returns what AI_MODEL lacks to answer those who have no key of their own, in a sentence; undefined if nothing. */
export function missingKey(env: Env): string | undefined {
  const { provider } = split(env.AI_MODEL);
  if (provider === GUIDE) return undefined;
  const set = `AI_MODEL=${env.AI_MODEL} cannot answer yet:`;
  if (!isReachable(env, provider)) return `${set} set AI_BASE_URL to where it is served.`;
  const setting = KEY_SETTINGS[provider];
  if (provider === 'openai-compatible' || env[setting]) return undefined;
  return `${set} set ${setting}, or users need a key of their own in their settings.`;
}

function noKey(env: Env, provider: Provider): AppError {
  const detail = isReachable(env, provider)
    ? `There is no API key for ${provider}: set ${KEY_SETTINGS[provider]} on the server or store a key of your own.`
    : `The server does not say where ${provider} answers: set AI_BASE_URL.`;
  return new AppError('MODEL_UNAUTHORIZED', { detail });
}
