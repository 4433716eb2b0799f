import { locate, type Span } from './fold.ts';

/** The length of an excerpt before the first match, and after it, in UTF-16 code units. */
const BEFORE = 60;
const AFTER = 180;
/** The maximum length of an excerpt, because a match can contain any amount of white space. */
const MAX_LENGTH = 1000;

/** A part of a text. `snippetStart` and `matches` are positions in the whole text. */
export interface Excerpt {
  snippet: string;
  snippetStart: number;
  matches: Span[];
}

/** Moves a position out of the middle of a surrogate pair. */
const outsidePair = (text: string, position: number) =>
  /[\uDC00-\uDFFF]/.test(text.charAt(position)) && /[\uD800-\uDBFF]/.test(text.charAt(position - 1))
    ? position + 1
    : position;

/** Yields all matches of a needle in a part of a text. */
function* matchesOf(text: string, needle: string, { start, end }: Span): Generator<Span> {
  const part = text.slice(0, end);
  for (let from = start; ;) {
    const match = locate(part, needle, from);
    if (!match) return;
    yield match;
    from = match.end;
  }
}

/** Sorts spans and merges those that overlap. */
function merge(spans: Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return merged;
}

/**
 * Returns the part of a text around the first needle, with all matches in it.
 * @param text a storable text (`toStorable`).
 * @param start the position from which to look for the first needle.
 * @param length how much of the fold to search for it.
 */
export function excerptOf(text: string, needles: readonly string[], start: number, length: number): Excerpt {
  const [needle = ''] = needles;
  const match = locate(text, needle, start, length) ?? { start, end: start };
  const snippetStart = outsidePair(text, Math.max(0, match.start - BEFORE));
  const end = outsidePair(text, Math.min(text.length, match.end + AFTER, snippetStart + MAX_LENGTH));
  const within = { start: snippetStart, end };
  const matches = needles.flatMap((each) => [...matchesOf(text, each, within)]);
  if (match.end > match.start) matches.push({ start: match.start, end: Math.min(match.end, end) });
  return { snippet: text.slice(snippetStart, end), snippetStart, matches: merge(matches) };
}
