import { isDeepStrictEqual } from 'node:util';
import type { UIMessage, UIMessageChunk } from 'ai';
import { asc } from 'drizzle-orm';
import { toClientChunks } from '#server/chat/ai-chat/chunks';
import { foldChunks } from '#server/chat/fold';
import { parseChunks } from '#server/chat/run-store';
import type { Database } from '#server/db/database';
import { chats, messages, runEvents, runs } from '#server/db/schema/index';
import { textOf } from '#server/search/message-text';
import type { ChatRecord, Recording, RunRecord, View } from './record.ts';

/** The figures of a stress run. */
export interface Figures {
  kills: number;
  runs: number;
  /** The number of runs by final status. */
  endings: Record<string, number>;
  /** The number of words in the answers. */
  deltas: number;
  readers: number;
  reconnects: number;
  /** The number of retried requests. */
  resent: number;
  stops: number;
  takeovers: number;
  /** Events and words that a reader missed. */
  lost: number;
  /** Events and words that a reader received more than once. */
  repeated: number;
  /** In milliseconds. */
  longestGap: number;
  /** The runs that nobody stopped and that lost at most two owners. */
  unharmed: number;
  /** Those of them that are complete. */
  completed: number;
  /**
   * From the last event before a takeover to the first text after it, as steady readers saw it, in milliseconds: of
   * answers that lost one server while another one could notice it, and all others.
   */
  gaps: { witnessed: number[]; others: number[] };
}

interface Row {
  seq: number;
  chunks: string;
}

interface Rows {
  chats: Map<string, { leafId: string | null }>;
  messages: Map<string, MessageRow>;
  runs: Map<string, RunRow>;
  events: Map<string, Row[]>;
}

interface MessageRow {
  id: string;
  chatId: string;
  parentId: string | null;
  role: string;
  status: string;
  parts: UIMessage['parts'];
}

interface RunRow {
  id: string;
  messageId: string;
  status: string;
  takeovers: number;
  seams: number[];
  cancelRequestedAt: Date | null;
}

/** The most owners that a run may lose until it is no longer continued. */
const MAX_LOST = 2;
/** The least share of runs that are complete, of those that nobody stopped and that lost at most two owners. */
const COMPLETE = 0.95;
/** How long before a kill readers may have received the last event, or after it, in milliseconds. */
const NOTICED_MS = 100;

async function readRows({ db }: Database): Promise<Rows> {
  const byId = <T extends { id: string }>(rows: T[]) => new Map(rows.map((row) => [row.id, row]));
  const events = await db.select().from(runEvents).orderBy(asc(runEvents.runId), asc(runEvents.seq));
  return {
    chats: byId(await db.select().from(chats)),
    messages: byId(await db.select().from(messages)),
    runs: byId(await db.select().from(runs).orderBy(asc(runs.id))),
    events: Map.groupBy(events, (event) => event.runId),
  };
}

/**
 * Compares the requests and received events of the clients with the database. Each difference becomes a violation of the
 * recording.
 * @param words the number of words of a whole answer.
 * @param logs the log output of the instances.
 */
export async function audit(
  database: Database,
  recording: Recording,
  words: number,
  logs: readonly string[],
): Promise<Figures> {
  const rows = await readRows(database);
  const { violations, runs: runRecords, chats: chatRecords, kills, ...counted } = recording;
  const figures: Figures = {
    ...counted,
    kills: kills.length,
    runs: runRecords.length,
    endings: {},
    deltas: 0,
    takeovers: 0,
    lost: 0,
    repeated: 0,
    unharmed: 0,
    completed: 0,
    gaps: { witnessed: [], others: [] },
  };
  figures.longestGap = Math.round(figures.longestGap);

  for (const chat of chatRecords) violations.push(...wrongQuestions(chat, rows));
  for (const { id, status, takeovers, cancelRequestedAt } of rows.runs.values()) {
    figures.endings[status] = (figures.endings[status] ?? 0) + 1;
    if (takeovers <= MAX_LOST && !cancelRequestedAt) {
      figures.unharmed += 1;
      if (status === 'complete') figures.completed += 1;
    }
    if (!runRecords.some(({ runId }) => runId === id))
      violations.push(`run ${id} was started without a request`);
    if (status === 'active' || status === 'failed') violations.push(`run ${id} is ${status}`);
  }
  for (const run of runRecords) {
    const log = rows.events.get(run.runId) ?? [];
    violations.push(...(await wrongLog(run, log, rows)));
    for (const { from, to } of gapsOf(run, rows.runs.get(run.runId)?.seams ?? [])) {
      const [kill, ...more] = kills.filter(({ at }) => at > from - NOTICED_MS && at < to);
      const isWitnessed = kill?.witnessed === true && more.length === 0;
      figures.gaps[isWitnessed ? 'witnessed' : 'others'].push(Math.round(to - from));
    }
    for (const view of run.views) {
      const { lost, repeated, wrong } = compare(view, log, run);
      figures.lost += lost;
      figures.repeated += repeated;
      if (wrong) violations.push(`a reader at ${view.surface} of run ${run.runId} ${wrong}`);
    }
  }
  for (const [messageId, runsOfIt] of Map.groupBy(runRecords, (run) => run.messageId)) {
    const message = rows.messages.get(messageId);
    const status = rows.runs.get(runsOfIt.at(-1)?.runId ?? '')?.status;
    if (message?.status !== status)
      violations.push(`answer ${messageId} is ${message?.status}, its last run ${status}`);
    const written = wordsIn(message);
    const { lost, repeated } = miscount(
      written,
      runsOfIt[0]?.label ?? '',
      status === 'complete' ? words : written.length,
    );
    figures.lost += lost;
    figures.repeated += repeated;
    figures.deltas += written.length;
    if (lost + repeated > 0)
      violations.push(`answer ${messageId} has lost or repeated words: ${written.join(' ')}`);
  }
  figures.takeovers = new Set(logs.flatMap(takeoversIn)).size;
  for (const { id, seams } of rows.runs.values()) {
    if (seams.length > MAX_LOST) violations.push(`run ${id} was continued ${seams.length} times`);
  }
  if (figures.completed < COMPLETE * figures.unharmed) {
    violations.push(
      `only ${figures.completed} of ${figures.unharmed} runs that lost at most two owners are complete`,
    );
  }
  return figures;
}

/** Returns the longest time at each seam of a run in which a steady reader of it saw nothing. */
function gapsOf({ views }: RunRecord, seams: number[]): { from: number; to: number }[] {
  return seams.flatMap((seam) => {
    const gaps = views.flatMap(({ items, steady }) => {
      const before = items.findLast(({ id }) => id !== null && id < seam);
      const after = items.find(({ id }) => id !== null && id > seam);
      return steady && before && after ? [{ from: before.at, to: after.at }] : [];
    });
    return gaps.toSorted((one, other) => other.to - other.from - (one.to - one.from)).slice(0, 1);
  });
}

/** Checks that each question is in the chat's branch once, in order, and nowhere else. */
function wrongQuestions({ chatId, questions }: ChatRecord, rows: Rows): string[] {
  const branch: string[] = [];
  for (
    let at = rows.messages.get(rows.chats.get(chatId)?.leafId ?? '');
    at;
    at = rows.messages.get(at.parentId ?? '')
  ) {
    if (at.role === 'user') branch.unshift(textOf(at.parts));
  }
  const all = [...rows.messages.values()].filter(
    (message) => message.chatId === chatId && message.role === 'user',
  );
  if (isDeepStrictEqual(branch, questions) && all.length === questions.length) return [];
  const found = `${branch.length} in the branch and ${all.length} in all`;
  return [`chat ${chatId} got ${questions.length} questions and has ${found}: ${branch.join(', ')}`];
}

/** Checks that the log of a run has exactly one end and folds to its message, or to the beginning of a continued message. */
async function wrongLog(run: RunRecord, log: Row[], rows: Rows): Promise<string[]> {
  const chunks = log.flatMap((row) => parseChunks(row.chunks));
  const wrong: string[] = [];
  if (log.some((row, index) => row.seq !== index + 1)) wrong.push('has gaps in its numbers');
  const ends = chunks.filter(({ type }) => type === 'finish' || type === 'abort' || type === 'error').length;
  if (ends !== 1) wrong.push(`has ${ends} ends`);
  const parts = parseParts(JSON.stringify(await foldChunks(run.messageId, chunks)));
  const final = rows.messages.get(run.messageId)?.parts ?? [];
  const later = [...rows.runs.values()].some(
    ({ id, messageId }) => messageId === run.messageId && id > run.runId,
  );
  if (later ? !textOf(final).startsWith(textOf(parts)) : !isDeepStrictEqual(parts, final)) {
    wrong.push('does not fold to its message');
  }
  for (const { items } of run.views) {
    const shown = items.flatMap(({ id, data }) =>
      id === null ? parseChunks(`[${data}]`) : parseChunks(data),
    );
    if (!textOf(final).startsWith(textIn(shown)))
      wrong.push('was shown with text that is not the beginning of its message');
  }
  return wrong.map((text) => `the log of run ${run.runId} ${text}`);
}

/** Parses parts as stored in the database, without undefined fields. */
function parseParts(json: string): UIMessage['parts'] {
  const parts: UIMessage['parts'] = JSON.parse(json);
  return parts;
}

const textIn = (chunks: UIMessageChunk[]) =>
  chunks.map((chunk) => (chunk.type === 'text-delta' ? chunk.delta : '')).join('');

interface Comparison {
  lost: number;
  repeated: number;
  /** The violation, as the end of a sentence. */
  wrong: string | null;
}

/** Checks that a reader received the log from its beginning, each event once, and all of it if the reader saw the end. */
function compare({ surface, items, ended }: View, log: Row[], { chatId, runId }: RunRecord): Comparison {
  const isWhole = surface !== 'chat';
  const expected = isWhole
    ? log.map((row) => row.chunks)
    : log
        .flatMap((row) =>
          parseChunks(row.chunks).flatMap((chunk) => toClientChunks(chunk, { chatId, runId })),
        )
        .map((chunk) => JSON.stringify(chunk));
  const numbers = items.map(({ id }, index) => id ?? index + 1);
  const distinct = new Set(numbers);
  const due = ended ? expected.length : Math.max(0, ...numbers);
  const lost = Math.max(0, due - distinct.size);
  const repeated = numbers.length - distinct.size;
  if (lost + repeated > 0)
    return { lost, repeated, wrong: `missed ${lost} events and received ${repeated} twice` };
  const odd = items.findIndex(
    ({ id, data }, index) => data !== expected[index] || (isWhole && id !== index + 1),
  );
  const wrong =
    odd < 0 ? null : `received as event ${odd + 1} data that is not in the log: ${items[odd]?.data}`;
  return { lost, repeated, wrong };
}

/** Returns the words of an answer. */
const wordsIn = (message: MessageRow | undefined) =>
  textOf(message?.parts ?? [])
    .split(' ')
    .filter(Boolean);

/** Counts the words of `label.1 … label.count` that an answer lacks, and the words that it has besides them. */
function miscount(written: string[], label: string, count: number): { lost: number; repeated: number } {
  const due = Array.from({ length: count }, (_, index) => `${label}.${index + 1}`);
  const distinct = new Set(written);
  const lost = due.filter((word) => !distinct.has(word)).length;
  const isInOrder = written.every((word, index) => word === `${label}.${index + 1}`);
  const repeated = written.length - distinct.size;
  return { lost, repeated: isInOrder ? repeated : Math.max(1, repeated) };
}

/** Returns the runs that a process took over, according to its log. */
function takeoversIn(log: string): string[] {
  const lines = log.split('\n').filter((line) => line.includes('took over the run'));
  return lines.flatMap((line) => /"runId":"([^"]+)"/.exec(line)?.[1] ?? []);
}
