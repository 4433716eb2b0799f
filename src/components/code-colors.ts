/** The time for which colors are added without a break, in milliseconds. */
const SLICE_MS = 8;

/** Returns the browser's list of the texts of a kind, which the style sheet gives a color. */
function highlightOf(kind: string): Highlight {
  const name = `code-${kind}`;
  const known = CSS.highlights.get(name);
  if (known) return known;
  const created = new Highlight();
  CSS.highlights.set(name, created);
  return created;
}

/** Adds colors until the signal is aborted, and then removes them. */
async function addColors(node: Text, language: string, signal: AbortSignal): Promise<void> {
  const { colorsOf } = await import('./highlighter.ts');
  const added: [Highlight, StaticRange][] = [];
  signal.addEventListener('abort', () => {
    for (const [highlight, range] of added) highlight.delete(range);
  });
  let sliceEnd = performance.now() + SLICE_MS;
  for await (const colored of colorsOf(node.data, language)) {
    if (performance.now() > sliceEnd) {
      await new Promise((resolve) => setTimeout(resolve));
      sliceEnd = performance.now() + SLICE_MS;
    }
    if (signal.aborted) return;
    for (const { kind, start, end } of colored) {
      const range = new StaticRange({
        startContainer: node,
        startOffset: start,
        endContainer: node,
        endOffset: end,
      });
      added.push([highlightOf(kind).add(range), range]);
    }
  }
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
      // Without the file of the language, because the browser is offline, the code stays as it is.
      addColors(node, language, colors.signal).catch(() => undefined);
    },
    { rootMargin: '200px' },
  );
  observer.observe(element);
  return () => {
    observer.disconnect();
    colors?.abort();
  };
}
