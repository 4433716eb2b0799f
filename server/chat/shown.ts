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

/** The most bytes of answers that one request copies to another place of a chat. */
const MAX_COPIED_BYTES = 4 * 1024 * 1024;

/** A chat as it was seen. */
interface SeenChat {
  chat: { id: string; leafId: string | null };
  isNew: boolean;
  activeRunId: string | null;
}

/** What becomes of a question of a client that keeps its own list of messages. */
export type Place =
  /** It has been asked: this run answers it. */
  | { kind: 'replay'; run: StartedRun }
  /** This run has to be stopped first, because the client has given its answer up. */
  | { kind: 'given up'; runId: string }
  /** The question is there and is answered (again). */
  | { kind: 'known'; parentId: string }
  /** It is written below `parentId`, after the messages `earlier` that the client shows there and the chat does not. */
  | { kind: 'new'; parentId: string | null; earlier: EarlierMessage[] };

/** A message that a client shows; `parts` of questions only. */
interface Given {
  id: string;
  role: 'user' | 'assistant';
  parts?: TextUIPart[];
}

/** A message of the chat that has the id of a message given. */
const Candidate = z.object({
  index: z.number(),
  id: z.string(),
  parentId: z.string().nullable(),
  role: z.enum(['user', 'assistant']),
  size: z.number(),
  /** True if it is the same message: questions count by id and text, answers by id only. */
  isSame: z.boolean(),
});
type Candidate = z.output<typeof Candidate>;

/** Finds the messages of a chat that a client shows, each by our id or its own, oldest first. */
async function findCandidates(
  { database }: { database: Database },
  actor: Actor,
  chatId: string,
  given: readonly Given[],
): Promise<Candidate[][]> {
  const list = given.map(({ id, role, parts }, index) => ({
    index,
    id,
    role,
    parts: parts ? JSON.stringify(parts) : null,
  }));
  const columns = sql`m.id, m.parent_id, m.role, m.size, m.parts`;
  const rows = await database.execute(sql`
    select given.index, m.id, m.parent_id as "parentId", m.role, m.size,
      m.role = given.role and case when given.parts is null then true
        when m.size <> octet_length(given.parts) then false
        else m.parts::text = given.parts end as "isSame"
    from ${chats}
    cross join json_to_recordset(${JSON.stringify(list)}::json) as given(index int, id text, role text, parts text)
    cross join lateral (
      select ${columns} from ${messages} m where m.id = given.id and m.chat_id = chats.id
      union all
      select ${columns} from ${messages} m where m.chat_id = chats.id and m.client_id = given.id and m.id <> given.id
    ) m
    where chats.id = ${chatId} and chats.user_id = ${actor.userId}
    order by m.id`);
  const found = given.map((): Candidate[] => []);
  for (const row of z.array(Candidate).parse(rows)) found[row.index]?.push(row);
  return found;
}

/** The newest run that answers a question. */
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

/** True if the client has given up the answer being written: it shows that answer or its question before the new question, or changes that question. */
async function hasGivenUp(
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
 * Finds where a question belongs that a client asks below the messages it shows. Nothing of the chat is changed: where the
 * client shows something else than a branch of the chat, that is a new branch.
 * @throws {AppError} INVALID_INPUT for an answer that the chat does not have in that place, LIMIT_REACHED
 */
export async function findPlace(
  deps: { db: Db; database: Database },
  actor: Actor,
  { chat, isNew, activeRunId }: SeenChat,
  shown: Shown,
  parts: TextUIPart[],
): Promise<Place> {
  const given: Given[] = [...(shown.before ?? []), { id: shown.id, role: 'user', parts }];
  rejectRepeated(given);
  const found = isNew ? given.map(() => []) : await findCandidates(deps, actor, chat.id, given);
  const { length, ends } = longestPath(found);
  const end = ends.at(-1);
  const known = length === given.length ? end : undefined;
  if (known && shown.trigger !== 'regenerate') {
    const run = await newestRun(deps, actor, known.id);
    if (run && (shown.trigger === 'submit' || run.messageId === chat.leafId)) return { kind: 'replay', run };
  }
  if (activeRunId !== null && (await hasGivenUp(deps, actor, activeRunId, found))) {
    return { kind: 'given up', runId: activeRunId };
  }
  if (known) return { kind: 'known', parentId: known.id };
  // The first message that is shown may be another version of a question in the middle of a branch.
  const version = found[0]?.findLast(({ role }) => role === 'user');
  const fallback = version ? version.parentId : shown.before ? null : chat.leafId;
  const parentId = end ? end.id : fallback;
  return { kind: 'new', parentId, earlier: writeEarlier(given, found, length, parentId) };
}

/** @throws {AppError} INVALID_INPUT */
function rejectRepeated(given: readonly Given[]): void {
  const ids = new Set<string>();
  for (const [index, { id }] of given.entries()) {
    if (ids.has(id))
      throw invalidInput([{ pointer: `${pointerTo(given, index)}/id`, message: 'is there twice' }]);
    ids.add(id);
  }
}

const pointerTo = (given: readonly Given[], index: number) =>
  index === given.length - 1 ? '/shown' : `/shown/before/${index}`;

/**
 * How many of the messages, from the first one on, are a path of the chat, which may begin anywhere, and the candidates for
 * its end, oldest first.
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
 * The messages that are shown before the question, from number `from` on, as they are written below `parentId`: what the
 * questions say, and copies of answers.
 */
function writeEarlier(
  given: readonly Given[],
  found: readonly Candidate[][],
  from: number,
  parentId: string | null,
): EarlierMessage[] {
  let above = parentId;
  let copied = 0;
  return given.slice(from, -1).map(({ id: clientId, parts }, offset) => {
    const id = newId();
    const answer = parts ? null : answerTo(given, found, from + offset);
    copied += answer?.size ?? 0;
    if (copied > MAX_COPIED_BYTES) {
      throw limitReached(
        `The messages that would have to be copied have more than ${MAX_COPIED_BYTES} bytes. Begin another chat.`,
      );
    }
    const message = { id, parentId: above, clientId, parts: parts ?? null, copyOf: answer };
    above = id;
    return message;
  });
}

/** The answer that is shown at `index`, where the chat has it below the question that is shown before it. @throws {AppError} INVALID_INPUT */
function answerTo(given: readonly Given[], found: readonly Candidate[][], index: number) {
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
  throw invalidInput([{ pointer: pointerTo(given, index), message }]);
}
