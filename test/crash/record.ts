/** The ways to follow a run. */
export type DoorName = 'REST' | 'RPC' | 'chat';

/** What a reader was shown at once: an event of the log, or at the AI SDK's door, which has no numbers, one chunk. */
export interface Shown {
  id: number | null;
  /** JSON: an array of chunks, or the one chunk. */
  data: string;
}

/** What one reader was shown from the beginning of a run on; reloading begins another view. */
export interface View {
  door: DoorName;
  items: Shown[];
  /** Whether the reader was told that the run has ended. */
  ended: boolean;
}

/** A run that was asked for. */
export interface AskedRun {
  runId: string;
  messageId: string;
  chatId: string;
  /** The word that its answer counts with. */
  label: string;
  views: View[];
}

/** A chat, and what was said in it, oldest first. */
export interface AskedChat {
  chatId: string;
  questions: string[];
}

/** All that happened in one storm, as the clients saw it. */
export interface Recording {
  runs: AskedRun[];
  chats: AskedChat[];
  kills: number;
  readers: number;
  reconnects: number;
  /** Calls that were sent again because no answer came. */
  resent: number;
  stops: number;
  /** The longest time a reader of an active run was shown nothing, in milliseconds. */
  longestGap: number;
  violations: string[];
}

/** A recording of nothing yet. */
export function createRecording(): Recording {
  const none = { kills: 0, readers: 0, reconnects: 0, resent: 0, stops: 0, longestGap: 0 };
  return { runs: [], chats: [], violations: [], ...none };
}
