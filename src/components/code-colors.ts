import type { HighlightRequest, HighlightResponse } from './highlight-messages.ts';
import type { Colored } from './highlighter.ts';

/** Returns the browser's list of the texts of a kind, which the style sheet gives a color. */
function highlightOf(kind: string): Highlight {
  const name = `code-${kind}`;
  const known = CSS.highlights.get(name);
  if (known) return known;
  const created = new Highlight();
  CSS.highlights.set(name, created);
  return created;
}

/** Receives parts of the answers of the worker, by the ids of their requests. */
const receivers = new Map<number, (colored: readonly Colored[]) => void>();
let lastId = 0;
let worker: Worker | null = null;

/** Returns the worker that reads code, which starts with the first code. */
function startWorker(): Worker {
  if (worker) return worker;
  const started = new Worker(new URL('./highlighter.worker.ts', import.meta.url), { type: 'module' });
  started.addEventListener('message', ({ data }: MessageEvent<HighlightResponse>) => {
    receivers.get(data.id)?.(data.colored);
  });
  // It could not be loaded, because the browser is offline. The next code starts it again.
  started.addEventListener('error', () => {
    if (worker === started) worker = null;
  });
  worker = started;
  return started;
}

/** Adds colors to a text until the signal is aborted, and then removes them. */
function addColors(node: Text, language: string, signal: AbortSignal): void {
  const id = ++lastId;
  const added: [Highlight, StaticRange][] = [];
  const ask = (code: string | null) =>
    startWorker().postMessage({ id, code, language } satisfies HighlightRequest);
  receivers.set(id, (colored) => {
    for (const { kind, start, end } of colored) {
      const range = new StaticRange({
        startContainer: node,
        startOffset: start,
        endContainer: node,
        endOffset: end,
      });
      added.push([highlightOf(kind).add(range), range]);
    }
  });
  signal.addEventListener('abort', () => {
    receivers.delete(id);
    ask(null);
    for (const [highlight, range] of added) highlight.delete(range);
  });
  ask(node.data);
}

/**
 * Colors the code of an element while it is visible, without changing the element, so that a selection stays. The
 * browser checks all colored ranges after each change of a page, so only visible code has them.
 * @returns a function that removes the colors.
 */
export function colorWhileVisible(element: HTMLElement, language: string): () => void {
  const node = element.firstChild;
  if (!(node instanceof Text) || language === '' || !('highlights' in CSS)) return () => undefined;
  let colors: AbortController | null = null;
  const observer = new IntersectionObserver(
    (entries) => {
      colors?.abort();
      colors = null;
      if (entries.at(-1)?.isIntersecting !== true) return;
      colors = new AbortController();
      addColors(node, language, colors.signal);
    },
    { rootMargin: '200px' },
  );
  observer.observe(element);
  return () => {
    observer.disconnect();
    colors?.abort();
  };
}
