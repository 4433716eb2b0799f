/**
 * Text as search compares it: without regard to case, to forms of a character (NFKC) and to the accents of Latin, Greek
 * and Cyrillic letters. Vowel signs and points of other scripts stay.
 *
 * A text is folded in clusters, which do not change each other: a character with all that may be composed with it. So
 * the fold of a text is that of its clusters, one after the other, and every place of it has one in the original.
 */

/**
 * Characters that may be composed with the one before: marks, vowels and final consonants of Hangul in any form, the halfwidth
 * sound marks of Kana, and vowel signs of Thai, Lao and Kirat Rai that are letters.
 */
const CONTINUES = String.raw`\p{M}\u1160-\u11FF\uD7B0-\uD7FF\u3131-\u318E\uFF9E-\uFFDC\u{16D63}-\u{16D6A}\u0E33\u0EB3`;
/** More characters of a cluster are cut off, because the cost of ordering marks grows with the square of their number. */
const MAX_CONTINUING = 31;
const CLUSTER = new RegExp(`[^][${CONTINUES}]{0,${MAX_CONTINUING}}`, 'gu');
/** The most UTF-16 code units of a cluster. */
const MAX_CLUSTER = 2 * (1 + MAX_CONTINUING);
const CONTINUES_LONG = new RegExp(`[${CONTINUES}]{${MAX_CONTINUING}}`, 'u');
const STARTS_CLUSTER = new RegExp(`^[^${CONTINUES}]`, 'u');
/** About how long a block is, in UTF-16 code units. */
const BLOCK = 128;
/** A block with a longer fold is cut into its clusters: U+FDFA alone becomes 18 characters. */
const MAX_BLOCK_FOLD = 2 * BLOCK;

/** A letter of a script with accents, and the marks on it. */
const ACCENTED = /([[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}]&&\p{L}])\p{Mn}+/gv;
const WHITE_SPACE = /\s+/g;
const IS_ASCII = /^\p{ASCII}*$/u;

/**
 * Full case folding. Upper case first makes one form of what has several lower ones (ß and ss, σ and ς, ı and i), and lower case
 * before that is for letters whose upper case has none of its own (ẞ).
 */
const foldCase = (text: string) => text.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ');

/** The fold of whole clusters, none of them cut off, with all white space as it is. */
function foldClusters(text: string): string {
  if (IS_ASCII.test(text)) return text.toLowerCase();
  const folded = foldCase(text.normalize('NFKC')).normalize('NFKD');
  return folded.replace(ACCENTED, '$1').normalize('NFKC');
}

const clustersOf = (text: string): string[] => text.match(CLUSTER) ?? [];

/** The fold of any text, with all white space as it is. */
function foldRaw(text: string): string {
  if (!CONTINUES_LONG.test(text)) return foldClusters(text);
  return clustersOf(text).map(foldClusters).join('');
}

/** What neither UTF-8 nor PostgreSQL can hold, replaced by what takes the same place. */
export const toStorable = (text: string): string => text.replaceAll('\0', ' ').toWellFormed();

/** A text as search compares it. White space of any length is one space. */
export function fold(text: string): string {
  return foldRaw(toStorable(text)).replace(WHITE_SPACE, ' ');
}

/** A part of a text, from `start` to before `end`, in UTF-16 code units. */
export interface Span {
  start: number;
  end: number;
}

/** A part of a text that consists of whole clusters. */
interface Block extends Span {
  folded: string;
  /** Whether a space before it stands for its white space at the beginning too. */
  afterSpace: boolean;
}

const withoutSpaces = (raw: string, afterSpace: boolean) => {
  const folded = raw.replace(WHITE_SPACE, ' ');
  return afterSpace && folded.startsWith(' ') ? folded.slice(1) : folded;
};

/** Whether the next text comes after a space. */
const endsWithSpace = (folded: string, afterSpace: boolean) =>
  folded === '' ? afterSpace : folded.endsWith(' ');

/** Where the block ends that begins at `start`. */
function blockEnd(text: string, start: number): number {
  const longest = start + BLOCK;
  if (longest >= text.length) return text.length;
  for (let end = longest; end > longest - MAX_CLUSTER; end--) {
    const isInPair = /^[\uDC00-\uDFFF]/.test(text.charAt(end));
    if (!isInPair && STARTS_CLUSTER.test(text.slice(end, end + 2))) return end;
  }
  let end = start;
  for (const cluster of clustersOf(text.slice(start, longest + MAX_CLUSTER))) {
    if (end + cluster.length > longest) break;
    end += cluster.length;
  }
  return end;
}

/**
 * The fold of a text from `from` on, block by block, so that a long one need not be folded at once.
 * @param text without what cannot be stored (`toStorable`).
 * @param from where a block may begin: at a cluster.
 */
export function* foldBlocks(text: string, from = 0): Generator<Block> {
  let afterSpace = false;
  for (let start = from; start < text.length;) {
    const end = blockEnd(text, start);
    const raw = foldRaw(text.slice(start, end));
    const parts = raw.length > MAX_BLOCK_FOLD ? clustersOf(text.slice(start, end)) : undefined;
    for (const part of parts ?? [text.slice(start, end)]) {
      const folded = withoutSpaces(parts ? foldClusters(part) : raw, afterSpace);
      yield { start, end: start + part.length, folded, afterSpace };
      afterSpace = endsWithSpace(folded, afterSpace);
      start += part.length;
    }
  }
}

/** The cluster of a block that a character of its fold comes from. */
function clusterAt(text: string, block: Block, index: number): Span {
  let { start, afterSpace } = block;
  let length = 0;
  for (const cluster of clustersOf(text.slice(block.start, block.end))) {
    const folded = withoutSpaces(foldClusters(cluster), afterSpace);
    afterSpace = endsWithSpace(folded, afterSpace);
    length += folded.length;
    if (length > index) return { start, end: start + cluster.length };
    start += cluster.length;
  }
  return { start: block.start, end: block.end };
}

/**
 * Where a text has a needle first, in whole clusters.
 * @param text without what cannot be stored (`toStorable`).
 * @param needle folded.
 * @param from where to begin: at a cluster.
 * @param length how much of the fold to look through.
 */
export function locate(text: string, needle: string, from = 0, length = Infinity): Span | undefined {
  const blocks: (Block & { at: number })[] = [];
  let folded = '';
  for (const block of foldBlocks(text, from)) {
    blocks.push({ ...block, at: folded.length });
    const searched = folded.length - needle.length;
    folded += block.folded;
    const index = folded.indexOf(needle, Math.max(searched, 0));
    if (index >= 0) {
      const spanAt = (place: number) => {
        const found = blocks.findLast(({ at }) => at <= place) ?? { ...block, at: 0 };
        return clusterAt(text, found, place - found.at);
      };
      return { start: spanAt(index).start, end: spanAt(index + needle.length - 1).end };
    }
    if (folded.length > length) return undefined;
  }
  return undefined;
}
