/** The time for which maths is rendered without a break, in milliseconds. */
const SLICE_MS = 8;

interface Job {
  /** An empty element, which gets the result. */
  element: HTMLElement;
  /** TeX. */
  source: string;
  isDisplay: boolean;
  /** Called with true if the element has the result, and with false if KaTeX cannot render the source. */
  onEnd: (isRendered: boolean) => void;
}

const waiting = new Set<Job>();
let isRunning = false;

async function run(): Promise<void> {
  const { render } = await import('./katex.ts');
  let sliceEnd = performance.now() + SLICE_MS;
  for (const job of waiting) {
    if (performance.now() > sliceEnd) {
      await new Promise((resolve) => setTimeout(resolve));
      sliceEnd = performance.now() + SLICE_MS;
      if (!waiting.has(job)) continue;
    }
    waiting.delete(job);
    job.onEnd(render(job));
  }
}

function start(): void {
  if (isRunning) return;
  isRunning = true;
  run()
    // Without a connection, the source stays until there is one.
    .catch(() => window.addEventListener('online', start, { once: true }))
    .finally(() => {
      isRunning = false;
    });
}

/** Renders maths as soon as KaTeX is loaded and the page has time. @returns a function that cancels it. */
export function renderMaths(job: Job): () => void {
  waiting.add(job);
  start();
  return () => {
    waiting.delete(job);
  };
}
