import { locate, type Span } from './fold.ts';

/** How much of a text stands before the first match, and after it, in UTF-16 code units. */
const BEFORE = 60;
const AFTER = 180;
/** The longest excerpt: a match can have any amount of white space in it. */
const LONGEST = 1000;

/** A part of a text, and where it begins; `matches` are places in the whole text, as is `snippetStart`. */
export interface Excerpt {
  snippet: string;
  snippetStart: number;
  matches: Span[];
}

/** Moves a place out of the middle of a surrogate pair. */
const wholeAt = (text: string, place: number) =>
  /[\uDC00-\uDFFF]/.test(text.charAt(place)) && /[\uD800-\uDBFF]/.test(text.charAt(place - 1))
    ? place + 1
    : place;

/** All places in a part of a text that have a needle. */
function* placesOf(text: string, needle: string, { start, end }: Span): Generator<Span> {
  const part = text.slice(0, end);
  for (let from = start; ;) {
    const place = locate(part, needle, from);
    if (!place) return;
    yield place;
    from = place.end;
  }
}

/** Spans in order, with those that overlap made one. */
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
 * The part of a text around the first needle, with all matches in it.
 * @param text without what cannot be stored (`toStorable`).
 * @param start where the first needle is looked for, and in how much of the fold.
 */
export function excerptOf(text: string, needles: readonly string[], start: number, length: number): Excerpt {
  const [needle = ''] = needles;
  const match = locate(text, needle, start, length) ?? { start, end: start };
  const snippetStart = wholeAt(text, Math.max(0, match.start - BEFORE));
  const end = wholeAt(text, Math.min(text.length, match.end + AFTER, snippetStart + LONGEST));
  const within = { start: snippetStart, end };
  const matches = needles.flatMap((each) => [...placesOf(text, each, within)]);
  if (match.end > match.start) matches.push({ start: match.start, end: Math.min(match.end, end) });
  return { snippet: text.slice(snippetStart, end), snippetStart, matches: merge(matches) };
}
