import type { UIMessage, UIMessageChunk } from 'ai';
import { sql, type SQL } from 'drizzle-orm';
import type { z } from 'zod';
import type { Chat, ChatSelectBranch } from '#contract/chat';
import type { Db } from '#server/db/database';
import { chats, messages } from '#server/db/schema/index';
import { AppError, notFound } from '#server/errors';
import type { Actor } from '#server/people/actor';
import { chatColumns } from './chats.ts';
import { chatIdOf, isOwn } from './own-chat.ts';

/** The number of messages that one statement visits. The length of a conversation is not limited. */
const STEP = 1000;

/** A relation `walk` of one row: the message that the newest branch below a message reaches after one step. */
const walkDown = (chatId: SQL, messageId: string) => sql`(
  with recursive path as (
    select id, 1 as depth from ${messages} where id = ${messageId} and chat_id = ${chatId}
    union all
    select child.id, path.depth + 1 from path cross join lateral (
      select id from ${messages} where parent_id = path.id order by id desc limit 1
    ) child
    where path.depth < ${STEP}::int
  )
  select id, exists (select from ${messages} where parent_id = path.id) as continues
  from path order by depth desc limit 1) walk`;

/**
 * Shows another version of a message, with the newest branch below it.
 * @throws {AppError} NOT_FOUND
 */
export async function selectBranch(
  { db }: { db: Db },
  actor: Actor,
  { chatId, messageId }: z.output<typeof ChatSelectBranch>,
): Promise<Chat> {
  for (let from = messageId; ;) {
    const [found] = await db
      .update(chats)
      .set({ leafId: sql`case when walk.continues then ${chats.leafId} else walk.id end` })
      .from(walkDown(chatIdOf(actor.userId, chatId), from))
      .where(isOwn(actor.userId, chatId))
      .returning({ ...chatColumns, reached: sql<string>`walk.id`, continues: sql<boolean>`walk.continues` });
    if (!found) throw notFound('message');
    const { reached, continues, ...chat } = found;
    if (!continues) return chat;
    from = reached;
  }
}

/**
 * Returns chunks that produce these parts, so that the log of a continued answer holds all of it. The last text stays
 * open, under the id `OPEN_TEXT`, and the continuation is added to it.
 * @throws {AppError} CONFLICT for parts that cannot be replayed, such as tool calls, which must not be repeated.
 */
export function replayParts(parts: UIMessage['parts']): UIMessageChunk[] {
  return parts.flatMap((part, index): UIMessageChunk[] => {
    const isLast = index === parts.length - 1;
    switch (part.type) {
      case 'text': {
        const id = isLast ? OPEN_TEXT : `before-${index}`;
        const end: UIMessageChunk[] = isLast ? [] : [{ type: 'text-end', id }];
        return [{ type: 'text-start', id }, { type: 'text-delta', id, delta: part.text }, ...end];
      }
      case 'reasoning': {
        const id = `before-${index}`;
        return [
          { type: 'reasoning-start', id },
          { type: 'reasoning-delta', id, delta: part.text },
          { type: 'reasoning-end', id },
        ];
      }
      case 'step-start':
        return [{ type: 'start-step' }];
      case 'source-url':
      case 'source-document':
        return [part];
      case 'file':
        return [{ type: 'file', url: part.url, mediaType: part.mediaType }];
      default:
        throw new AppError('CONFLICT', {
          detail: 'This answer has parts that cannot be continued, such as tool calls. Regenerate it.',
        });
    }
  });
}

/** The id of the text in which a continued answer continues. */
export const OPEN_TEXT = 'continued';
