import type { Env } from '#server/env';
import { type Found, ok, problem, warning } from './finding.ts';
import type { Subject } from './subject.ts';

/** The longest answer to the test, in tokens: the least that all providers accept. */
const MAX_TOKENS = 16;

/** Returns the finding about an error of a model. It repeats nothing of the provider's message, which can quote a key. */
async function failed(error: unknown, model: string, setting: string): Promise<Found> {
  const { toModelError } = await import('#server/models/errors');
  switch (toModelError(error).kind) {
    case 'MODEL_UNAUTHORIZED':
      return problem('modelUnauthorized', { model, setting });
    case 'MODEL_UNAVAILABLE':
    case 'MODEL_TIMEOUT':
      return problem('modelUnreachable', { model });
    case 'MODEL_RATE_LIMITED':
      return warning('modelLimited', { model });
    case 'MODEL_REJECTED':
      return problem('modelRejected', { model });
    default:
      return problem('modelUnreadable', { model });
  }
}

/** Sends a small question to a model, with the server's key. */
async function ask(env: Env, id: string, signal: AbortSignal): Promise<Found> {
  // Loads the SDKs of all providers.
  const [{ split }, { connect, KEY_SETTINGS }] = await Promise.all([
    import('#server/models/index'),
    import('#server/models/providers'),
  ]);
  const { provider, name } = split(id);
  if (provider === 'guide') return ok('modelGuide');
  const setting = KEY_SETTINGS[provider];
  const connected = connect(env, provider, env[setting]);
  if (!connected) {
    return provider === 'openai-compatible'
      ? problem('modelWithoutUrl', { model: id })
      : warning('modelWithoutKey', { model: id, setting });
  }
  const began = performance.now();
  try {
    await connected.languageModel(name).doGenerate({
      prompt: [{ role: 'user', content: [{ type: 'text', text: 'Reply with OK.' }] }],
      maxOutputTokens: MAX_TOKENS,
      abortSignal: signal,
    });
    return ok('modelAnswers', { model: id, ms: Math.round(performance.now() - began) });
  } catch (error) {
    signal.throwIfAborted();
    return failed(error, id, setting);
  }
}

/** Asks the default model. */
export async function checkModel({ env }: Subject, signal: AbortSignal): Promise<Found[]> {
  return [env.AI_MODEL === 'guide' ? ok('modelGuide') : await ask(env, env.AI_MODEL, signal)];
}
