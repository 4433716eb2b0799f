import { setTimeout as pause } from 'node:timers/promises';
import { caller } from '#test/client';
import { type Client, isOutage } from './calls.ts';
import { chatChunks, STREAM_CLIENTS, type Target } from './stream-clients.ts';
import type { Random } from './random.ts';
import type { RunRecord, SurfaceName, Shown, View } from './record.ts';

/** The pause of a reader before it reconnects. */
const RECONNECT_MS = 150;
/** The longest time for a reader to follow a run: an answer, the lease of a killed owner, and a busy machine. */
const LIMIT_MS = 180_000;

/** The behavior of a reader. */
export interface Habit {
  surface: SurfaceName;
  /** When it connects. */
  afterMs: number;
  /** The probability of a disconnect after each event. */
  disconnects: number;
  /** True if it then starts from the beginning again, like a reloaded page. */
  reloads: boolean;
  /** The number of events after which it leaves permanently. */
  leavesAfter: number;
}

/** Returns the habit of a reader that stays connected until the end of the answer. */
export function steadyHabit(random: Random): Habit {
  return {
    surface: random.pick<SurfaceName>(['REST', 'RPC']),
    afterMs: 0,
    disconnects: 0,
    reloads: false,
    leavesAfter: Infinity,
  };
}

/** Returns a random habit. */
export function anyHabit(random: Random, answerMs: number): Habit {
  return {
    surface: random.pick<SurfaceName>(['REST', 'RPC', 'chat']),
    afterMs: random.chance(0.5) ? 0 : random.between(0, 1.5 * answerMs),
    disconnects: random.chance(0.5) ? 0 : 0.02,
    reloads: random.chance(0.5),
    leavesAfter: random.chance(0.8) ? Infinity : random.between(1, 100),
  };
}

/**
 * Follows a run until its end and reconnects with the last id if the connection drops. All received events are added to the
 * record of the run.
 * @param onShown called with each event.
 * @param first a response of the AI SDK's surface that is already open.
 */
export async function follow(
  client: Client,
  run: RunRecord,
  target: Target,
  habit: Habit,
  random: Random,
  onShown: () => void,
  first?: Response,
): Promise<void> {
  const { recording } = client;
  const { surface, disconnects, reloads } = habit;
  const limit = AbortSignal.timeout(LIMIT_MS);
  recording.readers += 1;
  let shownAt = 0;
  let left = habit.leavesAfter;

  function begin(): View {
    const view: View = { surface, items: [], ended: false, steady: disconnects === 0 && habit.afterMs === 0 };
    run.views.push(view);
    return view;
  }

  function note(): void {
    const now = performance.now();
    recording.longestGap = Math.max(recording.longestGap, now - shownAt);
    shownAt = now;
    onShown();
  }

  function connect(view: View): AsyncGenerator<Shown | 'end', void, void> {
    if (first) {
      const chunks = chatChunks(first);
      first = undefined;
      return chunks;
    }
    return STREAM_CLIENTS[surface](
      caller(client.origins(), client.headers, false),
      target,
      view.items.at(-1)?.eventId ?? null,
      limit,
    );
  }

  /** @returns true if the reader is finished. */
  async function readOn(view: View): Promise<boolean> {
    let isEmpty = true;
    for await (const shown of connect(view)) {
      note();
      isEmpty = false;
      if (shown === 'end') {
        view.ended = true;
        return true;
      }
      view.items.push({ ...shown, at: performance.now() });
      left -= 1;
      if (left <= 0) return true;
      if (random.chance(disconnects)) return false;
    }
    // The AI SDK's surface sends nothing if no run is active any more.
    return isEmpty && surface === 'chat';
  }

  await pause(habit.afterMs);
  shownAt = performance.now();
  for (let view = begin(); ;) {
    try {
      if (await readOn(view)) return;
    } catch (error) {
      if (!isOutage(error)) throw new Error(`reader at ${surface} of run ${run.runId}`, { cause: error });
    }
    recording.reconnects += 1;
    await pause(RECONNECT_MS);
    if (reloads || surface === 'chat') view = begin();
  }
}
