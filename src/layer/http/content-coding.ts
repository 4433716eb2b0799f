import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Below this a body is about one packet anyway, in characters or bytes. */
export const MIN_LENGTH = 2048;
/** As quick as gzip by default, and smaller; more takes many times as long. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/** A content coding that bodies can be sent in. */
export type Encoding = 'br' | 'gzip';

/** Whether a body is large enough to be sent in fewer bytes to those who accept that. */
export const isCompressible = (text: string | null): text is string =>
  text !== null && text.length >= MIN_LENGTH;

/**
 * The content coding an Accept-Encoding header (RFC 9110, section 12.5.3) wants most; `null` for none. What cannot be
 * read is skipped.
 * @param preferred where it wants both as much.
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

/** Compresses a text, on another thread. */
export function compress(text: string, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
  return encoding === 'br' ? brotli(text, BROTLI) : deflate(text);
}
