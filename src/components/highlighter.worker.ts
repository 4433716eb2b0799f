/**
 * Reads code in a thread of its own. The first lines of a language compile its grammar, which takes a tenth of a second and
 * more, in which a page could not react.
 */
import type { HighlightRequest, HighlightResponse } from './highlight-messages.ts';
import { colorsOf } from './highlighter.ts';

/** The time for which code is read before the worker looks for messages, in milliseconds. */
const SLICE_MS = 50;

/** The ids of codes whose colors are needed. */
const needed = new Set<number>();

async function read(id: number, code: string, language: string): Promise<void> {
  let sliceEnd = performance.now() + SLICE_MS;
  for await (const colored of colorsOf(code, language)) {
    if (performance.now() > sliceEnd) {
      await new Promise((resolve) => setTimeout(resolve));
      sliceEnd = performance.now() + SLICE_MS;
    }
    if (!needed.has(id)) return;
    postMessage({ id, colored } satisfies HighlightResponse);
  }
}

addEventListener('message', ({ data }: MessageEvent<HighlightRequest>) => {
  const { id, code, language } = data;
  if (code === null) {
    needed.delete(id);
    return;
  }
  needed.add(id);
  // Without the file of the language, because the browser is offline, the code has no colors.
  void read(id, code, language)
    .catch(() => undefined)
    .finally(() => needed.delete(id));
});
