/**
 * Folds text for search: ignores case, forms of a character (NFKC), and accents of Latin, Greek and Cyrillic letters.
 * Vowel signs and points of other scripts are kept.
 *
 * A text is folded cluster by cluster. A cluster is a character with everything that may be composed with it, so
 * clusters do not affect each other. The fold of a text is the concatenation of the folds of its clusters, and every
 * position of it has one in the original.
 */

/**
 * Characters that may be composed with the one before: marks, vowels and final consonants of Hangul in any form, the
 * halfwidth sound marks of Kana, and vowel signs of Thai, Lao and Kirat Rai that are letters.
 */
const CONTINUES = String.raw`\p{M}\u1160-\u11FF\uD7B0-\uD7FF\u3131-\u318E\uFF9E-\uFFDC\u{16D63}-\u{16D6A}\u0E33\u0EB3`;
/** A longer cluster is split, because the cost of ordering marks grows with the square of their number. */
const MAX_CONTINUING = 31;
const CLUSTER = new RegExp(`[^][${CONTINUES}]{0,${MAX_CONTINUING}}`, 'gu');
/** The maximum length of a cluster, in UTF-16 code units. */
const MAX_CLUSTER = 2 * (1 + MAX_CONTINUING);
const CONTINUES_LONG = new RegExp(`[${CONTINUES}]{${MAX_CONTINUING}}`, 'u');
const STARTS_CLUSTER = new RegExp(`^[^${CONTINUES}]`, 'u');
/** The approximate length of a block, in UTF-16 code units. */
const BLOCK = 128;
/** A block with a longer fold is split into its clusters. U+FDFA alone becomes 18 characters. */
const MAX_BLOCK_FOLD = 2 * BLOCK;

/** A letter of a script with accents, and its marks. */
const ACCENTED = /([[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}]&&\p{L}])\p{Mn}+/gv;
const WHITE_SPACE = /\s+/g;
const IS_ASCII = /^\p{ASCII}*$/u;

/**
 * Full case folding. Converting to upper case unifies letters with several lower-case forms (ß and ss, σ and ς, ı and
 * i). Converting to lower case before that is for upper-case letters that have no other upper-case form (ẞ).
 */
const foldCase = (text: string) => text.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ');

/** Folds whole clusters, none of them too long, without changing white space. */
function foldClusters(text: string): string {
  if (IS_ASCII.test(text)) return text.toLowerCase();
  const folded = foldCase(text.normalize('NFKC')).normalize('NFKD');
  return folded.replace(ACCENTED, '$1').normalize('NFKC');
}

const clustersOf = (text: string): string[] => text.match(CLUSTER) ?? [];

/** Folds any text without changing white space. */
function foldRaw(text: string): string {
  if (!CONTINUES_LONG.test(text)) return foldClusters(text);
  return clustersOf(text).map(foldClusters).join('');
}

/** Replaces characters that UTF-8 or PostgreSQL cannot store by others of the same length. */
export const toStorable = (text: string): string => text.replaceAll('\0', ' ').toWellFormed();

/** Folds a text for search. White space of any length becomes one space. */
export function fold(text: string): string {
  return foldRaw(toStorable(text)).replace(WHITE_SPACE, ' ');
}

/** A part of a text from `start` up to but not including `end`, in UTF-16 code units. */
export interface Span {
  start: number;
  end: number;
}

/** A part of a text that consists of whole clusters. */
interface Block extends Span {
  folded: string;
  /** True if the fold before it ends with a space, so that white space at its start is dropped. */
  afterSpace: boolean;
}

const withoutSpaces = (raw: string, afterSpace: boolean) => {
  const folded = raw.replace(WHITE_SPACE, ' ');
  return afterSpace && folded.startsWith(' ') ? folded.slice(1) : folded;
};

/** Returns `afterSpace` for the next text. */
const endsWithSpace = (folded: string, afterSpace: boolean) =>
  folded === '' ? afterSpace : folded.endsWith(' ');

/** Returns the end of the block that starts at `start`. */
function blockEnd(text: string, start: number): number {
  const maxEnd = start + BLOCK;
  if (maxEnd >= text.length) return text.length;
  for (let end = maxEnd; end > maxEnd - MAX_CLUSTER; end--) {
    const isInPair = /^[\uDC00-\uDFFF]/.test(text.charAt(end));
    if (!isInPair && STARTS_CLUSTER.test(text.slice(end, end + 2))) return end;
  }
  let end = start;
  for (const cluster of clustersOf(text.slice(start, maxEnd + MAX_CLUSTER))) {
    if (end + cluster.length > maxEnd) break;
    end += cluster.length;
  }
  return end;
}

/**
 * Folds a text block by block, so that a long text need not be folded at once.
 * @param text a storable text (`toStorable`).
 * @param from where to start: at the start of a cluster.
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

/** Returns the cluster of a block that produced the character at `index` of its fold. */
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
 * Finds the first match of a needle in a text, in whole clusters.
 * @param text a storable text (`toStorable`).
 * @param needle a folded text.
 * @param from where to start: at the start of a cluster.
 * @param length how much of the fold to search.
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
      const spanAt = (position: number) => {
        const found = blocks.findLast(({ at }) => at <= position) ?? { ...block, at: 0 };
        return clusterAt(text, found, position - found.at);
      };
      return { start: spanAt(index).start, end: spanAt(index + needle.length - 1).end };
    }
    if (folded.length > length) return undefined;
  }
  return undefined;
}
