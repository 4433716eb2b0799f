import { tracked, type TrackedEnvelope } from '@trpc/server';
import type { UIMessage, UIMessageChunk } from 'ai';
import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { ChatStream } from '#contract/chat';
import { isErrorCode } from '#contract/error-codes';
import type { Db } from '#server/db/database';
import { chats, messages } from '#server/db/schema/index';
import { AppError, notFound } from '#server/errors';
import type { Actor } from '#server/people/actor';
import { OPEN_TEXT, replayParts } from './branches.ts';
import type { Runs } from './engine.ts';
import { isOwn } from './own-chat.ts';
import { failed, stopped } from './run-model.ts';
import { parseChunks } from './run-store.ts';
import { findRun } from './send.ts';

/** Chunks that were committed together. The id is the number of their event. */
type Event = TrackedEnvelope<UIMessageChunk[]>;

/** The place of an event in a run. */
interface Place {
  seq: number;
  /** The attempt that wrote it: 1, 2, 3 … */
  attempt: number;
}

/** Returns the id of an event: its number, and from the second attempt of a run on also the number of the attempt. */
const eventId = ({ seq, attempt }: Place) => (attempt === 1 ? String(seq) : `${seq}.${attempt}`);

function placeOf(eventId = '0'): Place {
  const [seq = 0, attempt = 1] = eventId.split('.').map(Number);
  return { seq, attempt };
}

/**
 * True if a reader has events that the run does not have. If Postgres fails over to a standby without the last commits,
 * another attempt writes other events under their numbers.
 */
function isAhead({ seq, attempt }: Place, { seams, lastSeq }: { seams: number[]; lastSeq: number | null }) {
  if (seq === 0) return false;
  const first = attempt === 1 ? 1 : (seams[attempt - 2] ?? Infinity);
  const next = seams[attempt - 1] ?? Infinity;
  return seq < first || seq >= next || (lastSeq !== null && seq > lastSeq);
}

const Seam = z.object({ attempts: z.int() });

/** Returns the attempt that begins with these chunks; undefined if none does. */
function attemptIn(chunks: readonly UIMessageChunk[]): number | undefined {
  for (const chunk of chunks) {
    if (chunk.type === 'message-metadata') return Seam.safeParse(chunk.messageMetadata).data?.attempts;
  }
  return undefined;
}

/**
 * Follows a run of a chat. Each event has its number as the id, and the chunks that were committed together as data.
 * The stream ends at once if the chat has no run yet. It ends normally only if the reader has everything. If the events
 * have been deleted, a reader without any of them gets the stored message as one event.
 * @throws {AppError} NOT_FOUND, STREAM_GONE if the reader has some events and the following ones have been deleted, or
 * the events that it has were lost.
 */
export async function* stream(
  deps: { db: Db; runs: Runs },
  actor: Actor,
  { chatId, runId, lastEventId }: z.output<typeof ChatStream>,
  signal: AbortSignal,
): AsyncGenerator<Event, void, void> {
  const run = await findRun(deps, actor, chatId, runId);
  if (!run) return;
  const first = placeOf(lastEventId);
  let last = first.seq;
  const passed = run.seams.filter((seam) => seam <= last);
  let attempt = 1 + passed.length;
  if (!isAhead(first, run)) {
    const events = deps.runs.follow(run.id, last, signal, passed);
    try {
      for (;;) {
        const next = await events.next();
        if (next.done === true) {
          if (next.value) return;
          break;
        }
        const { seq } = next.value;
        const chunks = parseChunks(next.value.chunks);
        attempt = attemptIn(chunks) ?? attempt;
        yield tracked(eventId({ seq, attempt }), chunks);
        last = seq;
      }
    } finally {
      await events.return(true);
    }
  }
  const message = await findMessage(deps, actor, chatId, run.messageId);
  if (last > 0) {
    throw new AppError('STREAM_GONE', {
      detail: `The events after ${lastEventId ?? last} are gone. Read the message ${message.id} of the chat.`,
      fields: { messageId: message.id },
    });
  }
  yield tracked('1', wholeAnswer(message));
}

/** Reads the message of a run. @throws {AppError} NOT_FOUND */
async function findMessage({ db }: { db: Db }, actor: Actor, chatId: string, messageId: string) {
  const { id, parts, status, error } = messages;
  const [message] = await db
    .select({ id, parts, status, error })
    .from(chats)
    .innerJoin(messages, and(eq(messages.chatId, chats.id), eq(messages.id, messageId)))
    .where(isOwn(actor.userId, chatId));
  if (!message) throw notFound('chat');
  return message;
}

type StoredAnswer = Awaited<ReturnType<typeof findMessage>>;

/** Returns the chunks of a stored answer for a client that reads from the start. */
function wholeAnswer({ id, parts, status, error }: StoredAnswer): UIMessageChunk[] {
  return [{ type: 'start', messageId: id }, ...closedParts(parts), ...endingOf(status, error)];
}

function closedParts(parts: UIMessage['parts']): UIMessageChunk[] {
  const chunks = replayParts(parts);
  return parts.at(-1)?.type === 'text' ? [...chunks, { type: 'text-end', id: OPEN_TEXT }] : chunks;
}

function endingOf(status: StoredAnswer['status'], error: string | null): UIMessageChunk[] {
  switch (status) {
    case 'stopped':
    case 'interrupted':
      return stopped(status).chunks;
    case 'failed':
      return failed(new AppError(isErrorCode(error) ? error : 'INTERNAL_SERVER_ERROR')).chunks;
    default:
      return [{ type: 'finish' }];
  }
}
