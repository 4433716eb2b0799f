/** The surfaces on which a run can be followed. */
export type SurfaceName = 'REST' | 'RPC' | 'chat';

/** A unit that a reader received: an event of the log, or on the AI SDK's surface, which has no event ids, one chunk. */
export interface Shown {
  /** The number of the event. */
  id: number | null;
  /** The id as sent: the number, and after a takeover also the attempt. */
  eventId: string | null;
  /** JSON: an array of chunks, or the one chunk. */
  data: string;
}

/** A unit and the time at which it was received, by `performance.now()`. */
export interface Received extends Shown {
  at: number;
}

/** All that a reader received from the beginning of a run on. A reload starts another view. */
export interface View {
  surface: SurfaceName;
  items: Received[];
  /** True if the reader received the end of the run. */
  ended: boolean;
  /** True if the reader stays connected as well as it can. */
  steady: boolean;
}

/** A run that a client started. */
export interface RunRecord {
  runId: string;
  messageId: string;
  chatId: string;
  /** The label with which its answer counts. */
  label: string;
  views: View[];
}

/** A chat and its questions, oldest first. */
export interface ChatRecord {
  chatId: string;
  questions: string[];
}

/** A kill of an instance. */
export interface Kill {
  /** When it happened, by `performance.now()`. */
  at: number;
  /** True if another instance could notice it. */
  witnessed: boolean;
}

/** The events of a stress run, as seen by its clients. */
export interface Recording {
  runs: RunRecord[];
  chats: ChatRecord[];
  kills: Kill[];
  readers: number;
  reconnects: number;
  /** The number of requests retried because there was no response. */
  resent: number;
  stops: number;
  /** The longest time in which a reader of an active run received nothing, in milliseconds. */
  longestGap: number;
  violations: string[];
}

/** Returns an empty recording. */
export function createRecording(): Recording {
  const none = { readers: 0, reconnects: 0, resent: 0, stops: 0, longestGap: 0 };
  return { runs: [], chats: [], violations: [], kills: [], ...none };
}
