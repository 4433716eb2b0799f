import { loadAnswerReader } from '#src/client/answer-reader.ts';
import { loadMarkdown } from '#src/components/lazy-markdown.tsx';

/** Loads what a page needs to show a new answer, as soon as the user types. An error is shown when it is needed. */
export function loadAnswerParts(): void {
  loadAnswerReader().catch(() => undefined);
  loadMarkdown();
}
