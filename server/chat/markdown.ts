import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { ChatMarkdown, ChatMarkdownGet } from '#contract/chat-export';
import type { Db } from '#server/db/database';
import { chats } from '#server/db/schema/index';
import { notFound } from '#server/errors';
import type { Actor } from '#server/people/actor';
import { branchOf, cursorAfter, messagesFrom, pickedMessage, positionOf } from './branch-messages.ts';
import { isOwn } from './own-chat.ts';
import { messageText, summaryText, titleText } from './transcript.ts';

/**
 * Returns a page of the branch that a chat shows, as Markdown. The pages together are one document. A summary of earlier
 * messages follows the last one that it covers, as on the page.
 * @throws {AppError} NOT_FOUND
 */
export async function markdown(
  { db }: { db: Db },
  { userId }: Actor,
  { chatId, limit, cursor }: z.output<typeof ChatMarkdownGet>,
): Promise<ChatMarkdown> {
  const position = positionOf(cursor);
  const shown = pickedMessage(db);
  const branch = branchOf(userId, sql`${chats.id}`, sql`${chats.leafId}`);
  const rows = await db
    .select({
      title: chats.title,
      count: sql<number>`coalesce(cardinality(branch.ids), 0)`,
      message: shown._.selectedFields,
    })
    .from(chats)
    .leftJoinLateral(sql`(select ${branch} as ids) branch`, sql`true`)
    .leftJoinLateral(messagesFrom(sql`branch.ids`, sql`${chats.id}`, position, limit), sql`true`)
    .leftJoinLateral(shown, sql`true`)
    .where(isOwn(userId, chatId))
    .orderBy(sql`picked.place`);
  const [first] = rows;
  if (!first) throw notFound('chat');
  const read = rows.flatMap(({ message }) => message ?? []);
  const texts = read.flatMap(({ summary, ...message }) => [
    `${messageText(message)}\n`,
    ...(summary === null ? [] : [`${summaryText(summary)}\n`]),
  ]);
  return {
    markdown: [...(position === 0 ? [`${titleText(first)}\n`] : ['']), ...texts].join('\n'),
    nextCursor: cursorAfter(position, read.length, first.count),
  };
}
