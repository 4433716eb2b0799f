import type { Env } from '#server/env';
import { type Known, knownOf } from './known.ts';

/** The context of a model whose size is neither set nor known, in tokens. */
const UNKNOWN = 128_000;

/** The contexts of models of the large providers, in tokens. */
const KNOWN: Known<number> = [
  [/^gpt-5-chat/, 128_000],
  [/^gpt-5/, 400_000],
  [/^gpt-4\.1/, 1_047_576],
  [/^gpt-4(o|\.5|-turbo|-1106|-0125)/, 128_000],
  [/^gpt-4-32k/, 32_768],
  [/^gpt-4/, 8_192],
  [/^gpt-3\.5-turbo-instruct/, 4_096],
  [/^gpt-3\.5/, 16_385],
  [/^o1-(mini|preview)/, 128_000],
  [/^o[134](-|$)/, 200_000],
  [/^claude-2\.0/, 100_000],
  [/^claude/, 200_000],
  [/^gemini-1\.5-pro/, 2_097_152],
  [/^gemini/, 1_048_576],
];

/** Returns the size of the context of a model in tokens: as AI_CONTEXT_TOKENS says, or as it is known. */
export function contextTokens({ AI_CONTEXT_TOKENS }: Pick<Env, 'AI_CONTEXT_TOKENS'>, id: string): number {
  return AI_CONTEXT_TOKENS?.get(id) ?? knownOf(KNOWN, id) ?? UNKNOWN;
}
