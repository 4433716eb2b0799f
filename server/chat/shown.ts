import type { TextUIPart } from 'ai';
import { and, desc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Shown } from '#contract/chat';
import { invalidInput } from '#layer/index';
import { newId } from '#server/db/columns';
import type { Database, Db } from '#server/db/database';
import { chats, messages, runs } from '#server/db/schema/index';
import { limitReached } from '#server/errors';
import type { Actor } from '#server/people/actor';
import type { EarlierMessage, StartedRun } from './run-write.ts';

/** The maximum bytes of answers that one request copies to another branch. */
const MAX_COPIED_BYTES = 4 * 1024 * 1024;

/** The state of a chat when it was read. */
interface ChatState {
  chat: { id: string; leafId: string | null };
  activeRunId: string | null;
}

/** How to handle a question of a client that keeps its own list of messages. */
export type Place =
  /** The question was sent before, and this run answers it. */
  | { kind: 'replay'; run: StartedRun }
  /** This run must be stopped first, because the client has abandoned its answer. */
  | { kind: 'abandoned'; runId: string }
  /** The question exists and gets an answer, or another one. */
  | { kind: 'known'; parentId: string }
  /**
   * The question is written below `parentId`, after the messages `earlier`, which the client shows but the chat lacks.
   */
  | { kind: 'new'; parentId: string | null; earlier: EarlierMessage[] };

/** A message that a client shows. Only questions have `parts`. */
interface ShownMessage {
  id: string;
  role: 'user' | 'assistant';
  parts?: TextUIPart[];
}

/** A message of the chat with the id of a shown message. */
const Candidate = z.object({
  index: z.number(),
  id: z.string(),
  parentId: z.string().nullable(),
  role: z.enum(['user', 'assistant']),
  size: z.number(),
  /** True if it is the same message. Questions are compared by id and text, answers only by id. */
  isSame: z.boolean(),
});
type Candidate = z.output<typeof Candidate>;

/** Finds the messages of a chat that a client shows, each by its id or client id, oldest first. */
async function findCandidates(
  { database }: { database: Database },
  actor: Actor,
  chatId: string,
  shownMessages: readonly ShownMessage[],
): Promise<Candidate[][]> {
  const list = shownMessages.map(({ id, role, parts }, index) => ({
    index,
    id,
    role,
    parts: parts ? JSON.stringify(parts) : null,
    // Files come after the texts. A client may show them in another form, so they are not compared.
    parts_before_file: parts ? JSON.stringify([...parts, { type: 'file' }]).slice(0, -2) : null,
  }));
  const columns = sql`m.id, m.parent_id, m.role, m.size, m.parts`;
  const rows = await database.execute(sql`
    select shown.index, m.id, m.parent_id as "parentId", m.role, m.size,
      m.role = shown.role and case when shown.parts is null then true
        when m.size < octet_length(shown.parts) then false
        when m.parts::text = shown.parts then true
        else starts_with(m.parts::text, shown.parts_before_file) end as "isSame"
    from ${chats}
    cross join json_to_recordset(${JSON.stringify(list)}::json) as shown(index int, id text, role text, parts text, parts_before_file text)
    cross join lateral (
      select ${columns} from ${messages} m where m.id = shown.id and m.chat_id = chats.id
      union all
      select ${columns} from ${messages} m where m.chat_id = chats.id and m.client_id = shown.id and m.id <> shown.id
    ) m
    where chats.id = ${chatId} and chats.user_id = ${actor.userId}
    order by m.id`);
  const found = shownMessages.map((): Candidate[] => []);
  for (const row of z.array(Candidate).parse(rows)) found[row.index]?.push(row);
  return found;
}

/** Returns the newest run that answers a question. */
async function newestRun(
  { db }: { db: Db },
  actor: Actor,
  questionId: string,
): Promise<StartedRun | undefined> {
  const [run] = await db
    .select({ runId: runs.id, chatId: runs.chatId, messageId: runs.messageId })
    .from(messages)
    .innerJoin(runs, eq(runs.messageId, messages.id))
    .innerJoin(chats, eq(chats.id, messages.chatId))
    .where(and(eq(messages.parentId, questionId), eq(chats.userId, actor.userId)))
    .orderBy(desc(runs.id))
    .limit(1);
  return run;
}

/**
 * Returns true if the client has abandoned the answer being written: it shows that answer or its question before the
 * new question, or changes that question.
 */
async function hasAbandoned(
  { db }: { db: Db },
  actor: Actor,
  runId: string,
  found: readonly Candidate[][],
): Promise<boolean> {
  const [running] = await db
    .select({ answerId: messages.id, questionId: messages.parentId })
    .from(runs)
    .innerJoin(messages, eq(messages.id, runs.messageId))
    .innerJoin(chats, eq(chats.id, runs.chatId))
    .where(and(eq(runs.id, runId), eq(chats.userId, actor.userId)));
  if (!running) return false;
  const { answerId, questionId } = running;
  return found.some((candidates, index) =>
    candidates.some(({ id, isSame }) =>
      index === found.length - 1 ? id === questionId : isSame && (id === answerId || id === questionId),
    ),
  );
}

/**
 * Finds the place of a question that a client asks below the messages that it shows. Existing messages never change: if
 * the client shows anything but a branch of the chat, it becomes a new branch.
 * @throws {AppError} INVALID_INPUT for an answer that the chat does not have in that place, LIMIT_REACHED
 */
export async function findPlace(
  deps: { db: Db; database: Database },
  actor: Actor,
  { chat, activeRunId }: ChatState,
  shown: Shown,
  parts: TextUIPart[],
): Promise<Place> {
  const shownMessages: ShownMessage[] = [...(shown.before ?? []), { id: shown.id, role: 'user', parts }];
  rejectRepeated(shownMessages);
  const found =
    chat.leafId === null
      ? shownMessages.map(() => [])
      : await findCandidates(deps, actor, chat.id, shownMessages);
  const { length, ends } = longestPath(found);
  const end = ends.at(-1);
  const known = length === shownMessages.length ? end : undefined;
  if (known && shown.trigger !== 'regenerate') {
    const run = await newestRun(deps, actor, known.id);
    if (run && (shown.trigger === 'submit' || run.messageId === chat.leafId)) return { kind: 'replay', run };
  }
  if (activeRunId !== null && (await hasAbandoned(deps, actor, activeRunId, found))) {
    return { kind: 'abandoned', runId: activeRunId };
  }
  if (known) return { kind: 'known', parentId: known.id };
  // The first shown message may be another version of a question in the middle of a branch.
  const version = found[0]?.findLast(({ role }) => role === 'user');
  const fallback = version ? version.parentId : shown.before ? null : chat.leafId;
  const parentId = end ? end.id : fallback;
  return { kind: 'new', parentId, earlier: writeEarlier(shownMessages, found, length, parentId) };
}

/** @throws {AppError} INVALID_INPUT */
function rejectRepeated(shownMessages: readonly ShownMessage[]): void {
  const ids = new Set<string>();
  for (const [index, { id }] of shownMessages.entries()) {
    if (ids.has(id))
      throw invalidInput([{ pointer: `${pointerTo(shownMessages, index)}/id`, message: 'occurs twice' }]);
    ids.add(id);
  }
}

const pointerTo = (shownMessages: readonly ShownMessage[], index: number) =>
  index === shownMessages.length - 1 ? '/shown' : `/shown/before/${index}`;

/**
 * Returns how many of the messages, counted from the first, are a path of the chat, which may start anywhere, and the
 * candidates for its end, oldest first.
 */
function longestPath(found: readonly Candidate[][]): { length: number; ends: Candidate[] } {
  let ends: Candidate[] = [];
  for (const [index, candidates] of found.entries()) {
    const before = new Set<string | null>(ends.map(({ id }) => id));
    const next = candidates.filter(({ isSame, parentId }) => isSame && (index === 0 || before.has(parentId)));
    if (next.length === 0) return { length: index, ends };
    ends = next;
  }
  return { length: found.length, ends };
}

/**
 * Returns the rows for the messages shown before the question, starting with number `from`, to be written below
 * `parentId`: questions with their text, and copies of answers.
 */
function writeEarlier(
  shownMessages: readonly ShownMessage[],
  found: readonly Candidate[][],
  from: number,
  parentId: string | null,
): EarlierMessage[] {
  let above = parentId;
  let copied = 0;
  return shownMessages.slice(from, -1).map(({ id: clientId, parts }, offset) => {
    const id = newId();
    const answer = parts ? null : answerTo(shownMessages, found, from + offset);
    copied += answer?.size ?? 0;
    if (copied > MAX_COPIED_BYTES) {
      throw limitReached(
        `The messages to be copied have more than ${MAX_COPIED_BYTES} bytes. Start another chat.`,
      );
    }
    const message = { id, parentId: above, clientId, parts: parts ?? null, copyOf: answer };
    above = id;
    return message;
  });
}

/**
 * Finds the answer that is shown at `index`, below the question that is shown before it.
 * @throws {AppError} INVALID_INPUT if the chat does not have it there.
 */
function answerTo(shownMessages: readonly ShownMessage[], found: readonly Candidate[][], index: number) {
  const candidates = found[index]?.filter(({ isSame }) => isSame) ?? [];
  const questions = new Set<string | null>(
    found[index - 1]?.flatMap(({ id, isSame }) => (isSame ? [id] : [])) ?? [],
  );
  const answer = candidates.findLast(({ parentId }) => questions.has(parentId));
  if (answer) return { id: answer.id, size: answer.size };
  const message =
    candidates.length === 0
      ? 'is not an answer of this chat; only the server writes answers'
      : 'is not an answer to the question before it, which was changed or removed; regenerate it';
  throw invalidInput([{ pointer: pointerTo(shownMessages, index), message }]);
}
