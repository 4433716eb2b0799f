import { setTimeout as pause } from 'node:timers/promises';
import { caller } from '#test/client';
import { type Client, isOutage } from './calls.ts';
import { chatChunks, DOORS, type Target } from './doors.ts';
import type { Random } from './random.ts';
import type { AskedRun, DoorName, Shown, View } from './record.ts';

/** How long a reader waits before it connects again. */
const RECONNECT_MS = 150;
/** How long a reader follows one run at most: an answer, a killed owner's lease, and a machine that is busy. */
const LIMIT_MS = 180_000;

/** How a reader behaves. */
export interface Habit {
  door: DoorName;
  /** When it comes. */
  afterMs: number;
  /** How likely it is to lose its connection with each event. */
  blinks: number;
  /** Whether it then begins at the start again, as a page that is reloaded. */
  reloads: boolean;
  /** After how many events it goes away for good. */
  leavesAfter: number;
}

/** The habit of a reader that wants to see all of an answer, and so sees its end. */
export function steadyHabit(random: Random): Habit {
  return {
    door: random.pick<DoorName>(['REST', 'RPC']),
    afterMs: 0,
    blinks: 0,
    reloads: false,
    leavesAfter: Infinity,
  };
}

/** Any habit. */
export function anyHabit(random: Random, answerMs: number): Habit {
  return {
    door: random.pick<DoorName>(['REST', 'RPC', 'chat']),
    afterMs: random.chance(0.5) ? 0 : random.between(0, 1.5 * answerMs),
    blinks: random.chance(0.5) ? 0 : 0.02,
    reloads: random.chance(0.5),
    leavesAfter: random.chance(0.8) ? Infinity : random.between(1, 100),
  };
}

/**
 * Follows a run until its end, coming back with the last id whenever the connection breaks. What it is shown goes to the run's
 * record.
 * @param onShown called with each event.
 * @param first a connection that is open already, at the AI SDK's door.
 */
export async function follow(
  client: Client,
  run: AskedRun,
  target: Target,
  habit: Habit,
  random: Random,
  onShown: () => void,
  first?: Response,
): Promise<void> {
  const { recording } = client;
  const { door, blinks, reloads } = habit;
  const limit = AbortSignal.timeout(LIMIT_MS);
  recording.readers += 1;
  let shownAt = 0;
  let left = habit.leavesAfter;

  function begin(): View {
    const view: View = { door, items: [], ended: false };
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
    return DOORS[door](
      caller(client.origins(), client.headers, false),
      target,
      view.items.at(-1)?.id ?? 0,
      limit,
    );
  }

  /** @returns whether the reader has seen all it wants. */
  async function readOn(view: View): Promise<boolean> {
    let nothing = true;
    for await (const shown of connect(view)) {
      note();
      nothing = false;
      if (shown === 'end') {
        view.ended = true;
        return true;
      }
      view.items.push(shown);
      left -= 1;
      if (left <= 0) return true;
      if (random.chance(blinks)) return false;
    }
    // Only the AI SDK's door is silent like this: no run is active any more.
    return nothing && door === 'chat';
  }

  await pause(habit.afterMs);
  shownAt = performance.now();
  for (let view = begin(); ;) {
    try {
      if (await readOn(view)) return;
    } catch (error) {
      if (!isOutage(error)) throw new Error(`reader at ${door} of run ${run.runId}`, { cause: error });
    }
    recording.reconnects += 1;
    await pause(RECONNECT_MS);
    if (reloads || door === 'chat') view = begin();
  }
}
