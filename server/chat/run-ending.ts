import { setTimeout as pause } from 'node:timers/promises';
import type { UIMessage, UIMessageChunk } from 'ai';
import { isConnectionError } from '#server/db/errors';
import { LEASE_MS } from '#server/db/lease';
import type { Logger } from '#server/log/index';
import { addedText } from './chunks.ts';
import { foldChunks } from './fold.ts';
import type { RunFeed } from './run-feed.ts';
import type { Ending, OwnedRun, RunLogContent, RunStore } from './run-store.ts';
import { estimate, type Usage } from './usage.ts';

/** The pause after a first failure, in milliseconds. Each further one is four times as long, up to the longest. */
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 4_000;
/** Characters that are kept where the whole answer cannot be stored. */
const PLAIN_TEXT = 10_000;

/** How an answer is written: whole, as the beginning of its text, or only that it has ended. */
type Form = 'whole' | 'text' | 'status';

/** What is tried, in order. The last form has nothing of the answer in it, so nothing in the answer can make it fail. */
const FORMS: readonly Form[] = ['whole', 'whole', 'whole', 'text', 'status'];

/**
 * What a run used whose process is gone.
 * @param said the bytes of its answer; `null` if its log could not be read: then all is used that was reserved.
 */
function usageLeftBehind({ model, reserved }: OwnedRun, said: number | null): Usage | null {
  if (model === 'guide' || (said === null && !reserved)) return null;
  return estimate(reserved?.input ?? null, said ?? Infinity, reserved);
}

/** Reads the log of a run, and what the run used. */
type Read = () => Promise<RunLogContent & { usage: Usage | null }>;

/**
 * Ends runs. An end is tried for as long as the lease of the run allows: where the database cannot be reached with growing
 * pauses, and where it rejects the answer in ever simpler forms.
 */
export function createRunEndings(store: RunStore, feed: RunFeed, log: Logger) {
  async function write(run: OwnedRun, form: Form, read: Read, ending: Ending): Promise<string | null> {
    const notifications = feed.notifications([run.runId]);
    if (form === 'status') {
      const userId = await store.finishWithoutParts(run, ending, ...notifications);
      await feed.wake([run.runId]);
      return userId;
    }
    const { chunks, seq, usage } = await read();
    const parts = form === 'whole' ? await foldChunks(run.messageId, chunks) : plainParts(chunks);
    const userId = await store.finish(run, seq, parts, { ...ending, usage }, ...notifications);
    if (userId === null) await feed.wake([run.runId]);
    else feed.publishLast({ runId: run.runId, seq: seq + 1, chunks: JSON.stringify(ending.chunks) });
    return userId;
  }

  /**
   * @param read is called for each attempt.
   * @param ending its usage counts where `read` is not called.
   * @param first the form to begin with, as an index of FORMS.
   * @returns who owns the run, `null` if the run is not this instance's any more.
   * @throws what the last attempt threw.
   */
  async function end(run: OwnedRun, read: Read, ending: Ending, first = 0) {
    const giveUpAt = Date.now() + LEASE_MS;
    let wait = PAUSE_MS;
    for (let index = first; ;) {
      try {
        return await write(run, FORMS[index] ?? 'status', read, ending);
      } catch (err) {
        const isUnreachable = isConnectionError(err);
        if (Date.now() + wait > giveUpAt || (!isUnreachable && index >= FORMS.length - 1)) throw err;
        log.warn({ err, runId: run.runId }, 'the end of a run was not written; trying again');
        const failed = FORMS[index];
        if (!isUnreachable) index++;
        // Another form need not wait.
        if (FORMS[index] !== failed) continue;
        await pause(wait);
        wait = Math.min(4 * wait, LONGEST_PAUSE_MS);
      }
    }
  }

  return {
    /** Writes the end of a run that this process has written. See `end` for what it returns and throws. */
    finish: (run: OwnedRun, content: RunLogContent, ending: Ending): Promise<string | null> =>
      end(run, () => Promise.resolve({ ...content, usage: ending.usage }), ending),

    /**
     * Ends a run that nobody works on with what its log has. See `end` for what it returns and throws.
     * @param takeovers which takeover of the run this is: those before came to nothing, so each counts as an attempt.
     */
    recover(run: OwnedRun, takeovers: number, ending: Omit<Ending, 'usage'>): Promise<string | null> {
      const read = async () => {
        const { said, ...content } = await store.readLog(run.runId);
        return { ...content, usage: usageLeftBehind(run, said) };
      };
      const first = Math.min(takeovers, FORMS.length) - 1;
      return end(run, read, { ...ending, usage: usageLeftBehind(run, null) }, first);
    },
  };
}

/** The beginning of the text of an answer as its only part. */
function plainParts(chunks: readonly UIMessageChunk[]): UIMessage['parts'] {
  let text = '';
  for (const chunk of chunks) {
    if (chunk.type === 'text-delta') text += addedText(chunk);
    if (text.length >= PLAIN_TEXT) break;
  }
  const storable = text.slice(0, PLAIN_TEXT).replaceAll('\0', ' ').toWellFormed();
  return storable === '' ? [] : [{ type: 'text', text: storable, state: 'done' }];
}
