import type { Encoding } from '../runtime/runtime.ts';

/** The minimum length of a body that is compressed, in characters. A shorter body fits into about one packet anyway. */
export const MIN_LENGTH = 2048;
/** True if a body is long enough to be compressed: at least MIN_LENGTH characters. */
export const isCompressible = (text: string | null): text is string =>
  text !== null && text.length >= MIN_LENGTH;

/**
 * Returns the content coding that an Accept-Encoding header (RFC 9110, section 12.5.3) prefers. Items that are not
 * valid are skipped.
 * @param preferred the coding to use if the header accepts both equally.
 * @returns `null` if the body should be sent uncompressed.
 */
export function chooseEncoding(header: string | null, preferred: Encoding = 'br'): Encoding | null {
  if (!header) return null;
  const weights = new Map<string, number>();
  for (const item of header.toLowerCase().split(',')) {
    const [, coding, weight = '1'] =
      /^\s*([\w*-]+)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/.exec(item) ?? [];
    if (coding !== undefined) weights.set(coding, Number(weight));
  }
  const weightOf = (coding: string) => weights.get(coding) ?? weights.get('*') ?? 0;
  const [br, gz, plain] = [weightOf('br'), weightOf('gzip'), weights.get('identity') ?? 0];
  if (Math.max(br, gz) === 0 || plain > Math.max(br, gz)) return null;
  if (br === gz) return preferred;
  return br > gz ? 'br' : 'gzip';
}
