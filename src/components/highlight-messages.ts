import type { Colored } from './highlighter.ts';

/** What a page asks the worker that reads code (`highlighter.worker.ts`). */
export interface HighlightRequest {
  /** Chosen by the page, different for each code. */
  id: number;
  /** The code to read; null if its colors are not needed any more. */
  code: string | null;
  /** The name of the language, as its author wrote it. */
  language: string;
}

/** A part of the answer. */
export interface HighlightResponse {
  id: number;
  colored: Colored[];
}
