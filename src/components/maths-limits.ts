/** The maximum length of a source. */
const MAX_LENGTH = 4_000;
/** The maximum nesting depth, as far as the source shows it. */
const MAX_DEPTH = 40;

/** Definitions of macros, with which a short source becomes a long one. */
const DEFINES =
  /\\(?:[gex]?def|(?:re|provide)?newcommand|providecommand|let|futurelet|global|long)(?![a-zA-Z])/;
const OPENS = /^(?:\{|\\left|\\begin)$/;
const NESTS = /\\\\|\\[{}]|[{}]|\\(?:left|right|begin|end)(?![a-zA-Z])/g;

/** True if KaTeX renders a source in a short time, and without very deep elements. */
export function isHarmless(source: string): boolean {
  if (source.length > MAX_LENGTH || DEFINES.test(source)) return false;
  let depth = 0;
  for (const [mark] of source.matchAll(NESTS)) {
    if (/^\\[\\{}]$/.test(mark)) continue;
    depth += OPENS.test(mark) ? 1 : -1;
    if (depth > MAX_DEPTH) return false;
  }
  return true;
}
