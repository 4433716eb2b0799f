import type { Env } from '#server/env';
import { type Known, knownOf } from './known.ts';

/** A kind of files that a model reads itself. */
export type FileInput = 'image' | 'pdf';

const IMAGES: readonly FileInput[] = ['image'];
const ALL: readonly FileInput[] = ['image', 'pdf'];
const NONE: readonly FileInput[] = [];

/** What the models of the large providers read. */
const KNOWN: Known<readonly FileInput[]> = [
  [/^gpt-5-chat/, IMAGES],
  [/^gpt-(5|4\.1|4\.5|4o)/, ALL],
  [/^gpt-4-turbo/, IMAGES],
  [/^o1-(mini|preview)|^o3-mini/, NONE],
  [/^o[134](-|$)/, ALL],
  [/^claude-(2|instant)/, NONE],
  [/^claude-3-(opus|sonnet|haiku)/, IMAGES],
  [/^claude/, ALL],
  [/^gemini/, ALL],
];

/** The images that all providers accept. GIF is missing at Google. */
const isCommonImage = (mediaType: string) => /^image\/(png|jpeg|webp)$/.test(mediaType);

/**
 * Returns whether a model reads files of a media type itself: as AI_FILE_INPUTS says, or as it is known. Of models behind
 * `openai-compatible`, only what the setting says is known, because their servers differ.
 */
export function fileReader(
  { AI_FILE_INPUTS }: Pick<Env, 'AI_FILE_INPUTS'>,
  id: string,
): (mediaType: string) => boolean {
  const [provider] = id.split('/', 1);
  const known = provider === 'openai-compatible' ? undefined : knownOf(KNOWN, id);
  const inputs = AI_FILE_INPUTS?.get(id) ?? known ?? NONE;
  return (mediaType) => {
    if (mediaType === 'application/pdf') return inputs.includes('pdf');
    const isAccepted = isCommonImage(mediaType) || (mediaType === 'image/gif' && provider !== 'google');
    return isAccepted && inputs.includes('image');
  };
}
