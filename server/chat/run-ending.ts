import { setTimeout as pause } from 'node:timers/promises';
import type { UIMessage, UIMessageChunk } from 'ai';
import { isConnectionError } from '#server/db/errors';
import { LEASE_MS } from '#server/db/lease';
import type { Logger } from '#server/log/index';
import { metrics } from '#server/metrics/instruments';
import { addedText } from './chunks.ts';
import { contextStart } from './context.ts';
import { foldChunks } from './fold.ts';
import { MAX_LOST, type TakenRun } from './run-claims.ts';
import type { RunFeed } from './run-feed.ts';
import type { Ending, OwnedRun, RunLogContent, RunStore } from './run-store.ts';
import { estimate, sumUsage, type Usage } from './usage.ts';

/** The pause after the first failure, in milliseconds. Each further pause is four times as long, up to the maximum. */
const PAUSE_MS = 500;
const MAX_PAUSE_MS = 4_000;
/** The characters that are kept if the whole answer cannot be stored. */
const PLAIN_TEXT = 10_000;

/** How an answer is written: completely, as the beginning of its text, or only its status. */
type Form = 'whole' | 'text' | 'status';

/** The forms to try, in order. The last one has no content of the answer, so no content can make it fail. */
const FORMS: readonly Form[] = ['whole', 'whole', 'whole', 'text', 'status'];

/**
 * Returns the usage of a run that was taken over. That of a lost attempt is estimated.
 * @param outputBytes the bytes of its last attempt; `null` if its log could not be read. Then the whole reservation
 * counts.
 */
function usageOfOrphan(
  { model, reserved, spent, released }: TakenRun,
  outputBytes: number | null,
): Usage | null {
  if (released || model === 'guide' || (outputBytes === null && !reserved)) return spent;
  return sumUsage(spent, estimate(reserved?.input ?? null, outputBytes ?? Infinity, reserved));
}

/** Reads the log of a run and its usage. */
type Read = () => Promise<RunLogContent & { usage: Usage | null }>;

/** Ends runs. */
export type RunEndings = ReturnType<typeof createRunEndings>;

/**
 * Ends runs. Writing an end is retried for as long as the lease of the run allows: with growing pauses if the database
 * cannot be reached, and in simpler and simpler forms if it rejects the answer.
 */
export function createRunEndings(store: RunStore, feed: RunFeed, log: Logger) {
  async function write(run: OwnedRun, form: Form, read: Read, ending: Ending): Promise<string | null> {
    if (form === 'status') {
      const userId = await store.finishWithoutParts(run, ending);
      feed.wake([run.runId]);
      return userId;
    }
    const { chunks, seq, usage } = await read();
    const parts = form === 'whole' ? await foldChunks(run.messageId, chunks) : plainParts(chunks);
    const userId = await store.finish(run, seq, parts, { ...ending, usage }, contextStart(chunks));
    if (userId === null) feed.wake([run.runId]);
    else feed.publishLast({ runId: run.runId, seq: seq + 1, chunks: JSON.stringify(ending.chunks) });
    return userId;
  }

  /**
   * @param read is called for each attempt.
   * @param ending its usage counts if `read` is not called.
   * @param first the form to begin with, as an index of FORMS.
   * @returns the id of the run's owner; `null` if the run no longer belongs to this instance.
   * @throws the error of the last attempt.
   */
  async function end(run: OwnedRun, read: Read, ending: Ending, first = 0) {
    const deadline = Date.now() + LEASE_MS;
    let wait = PAUSE_MS;
    for (let index = first; ;) {
      try {
        const userId = await write(run, FORMS[index] ?? 'status', read, ending);
        if (userId !== null) metrics.runsEnded.add(1, ending.status);
        return userId;
      } catch (err) {
        const isUnreachable = isConnectionError(err);
        if (Date.now() + wait > deadline || (!isUnreachable && index >= FORMS.length - 1)) throw err;
        log.warn({ err, runId: run.runId }, 'writing the end of a run failed, retrying');
        const failed = FORMS[index];
        if (!isUnreachable) index++;
        // The next form is tried without a pause.
        if (FORMS[index] !== failed) continue;
        await pause(wait);
        wait = Math.min(4 * wait, MAX_PAUSE_MS);
      }
    }
  }

  return {
    /**
     * Ends a run that this process has written. Returns and throws the same as `end`.
     * @param ending its usage is that of the last attempt.
     */
    finish(run: OwnedRun, content: RunLogContent, ending: Ending): Promise<string | null> {
      const usage = sumUsage(run.spent, ending.usage);
      return end(run, () => Promise.resolve({ ...content, usage }), { ...ending, usage });
    },

    /** Ends a run that was taken over with the content of its log. Returns and throws the same as `end`. */
    recover(run: TakenRun, ending: Omit<Ending, 'usage'>): Promise<string | null> {
      const read = async () => {
        const { outputBytes, ...content } = await store.readLog(run.runId, run.seams.at(-1));
        return { ...content, usage: usageOfOrphan(run, outputBytes) };
      };
      // The first lost owners wrote the answer. Each further one may have died of writing its end, so it counts as a try.
      const tries = run.takeovers - MAX_LOST - 1;
      const first = Math.max(0, Math.min(tries, FORMS.length - 1));
      return end(run, read, { ...ending, usage: usageOfOrphan(run, null) }, first);
    },
  };
}

/** Returns the beginning of the text of an answer as its only part. */
function plainParts(chunks: readonly UIMessageChunk[]): UIMessage['parts'] {
  let text = '';
  for (const chunk of chunks) {
    if (chunk.type === 'text-delta') text += addedText(chunk);
    if (text.length >= PLAIN_TEXT) break;
  }
  const storable = text.slice(0, PLAIN_TEXT).replaceAll('\0', ' ').toWellFormed();
  return storable === '' ? [] : [{ type: 'text', text: storable, state: 'done' }];
}
