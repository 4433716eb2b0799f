import 'katex/dist/katex.min.css';
// Copies TeX instead of the characters that are shown.
import 'katex/contrib/copy-tex';
import katex from 'katex';
import { isHarmless } from './maths-limits.ts';

interface Source {
  element: HTMLElement;
  source: string;
  isDisplay: boolean;
}

/** The largest size that a source may set, in em. */
const MAX_SIZE = 20;
/** The number of macros of KaTeX itself that a source may use. */
const MAX_EXPAND = 1_000;

/**
 * Renders TeX into an element, with MathML for screen readers. A model may have written anything, so the commands that
 * load files, open URLs or set HTML attributes are off.
 * @returns false if it has a mistake, or would cost too much.
 */
export function render({ element, source, isDisplay }: Source): boolean {
  if (!isHarmless(source)) return false;
  try {
    katex.render(source, element, {
      displayMode: isDisplay,
      output: 'htmlAndMathml',
      throwOnError: true,
      strict: 'ignore',
      trust: false,
      maxSize: MAX_SIZE,
      maxExpand: MAX_EXPAND,
    });
    return true;
  } catch {
    element.replaceChildren();
    return false;
  }
}
