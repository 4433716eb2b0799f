import type { Actor } from '#server/people/actor';
import * as chats from '#server/chat/chats';
import * as messages from '#server/chat/messages';
import type { Deps } from '#server/compose';
import { encodeCursor } from '#server/db/paging';
import { ACCOUNTS, COMMON_WORD, LONG_CHAT, type middle, RARE_WORD, SHORT_CHAT } from './data.ts';

/** A measured call. */
export type Call = () => Promise<{ items: unknown[] }>;

const LIMIT = 20;

const actor = (userId: string): Actor => ({
  userId,
  role: 'user',
  isGuest: false,
  via: { kind: 'session', sessionId: 'bench' },
  request: { id: 'bench', ip: null, userAgent: null },
});

/** Returns the measured calls of the product's functions, by name. @param at the keys in the middle of the lists. */
export function callsOf(deps: Deps, at: Awaited<ReturnType<typeof middle>>): Record<string, Call> {
  const list = (userId: string, input: { cursor?: string; search?: string } = {}) => {
    return () => chats.list(deps, actor(userId), { limit: LIMIT, archived: false, ...input });
  };
  const read = (userId: string, chatId: string, input: { cursor?: string } = {}) => {
    return () => messages.list(deps, actor(userId), { limit: LIMIT, chatId, ...input });
  };
  const { pinned, activeAt, id } = at.chat;
  const { large, small } = ACCOUNTS;
  return {
    'chat.list, first page': list(large),
    'chat.list, page in the middle': list(large, {
      cursor: encodeCursor([pinned, activeAt.toISOString(), id]),
    }),
    'chat.list, word of every title': list(large, { search: COMMON_WORD }),
    'chat.list, rare word': list(large, { search: RARE_WORD }),
    'chat.messages, newest page': read(large, LONG_CHAT),
    'chat.messages, page in the middle': read(large, LONG_CHAT, { cursor: encodeCursor([at.message.id]) }),
    'small account: chat.list, first page': list(small),
    'small account: chat.list, word of every title': list(small, { search: COMMON_WORD }),
    'small account: chat.list, rare word': list(small, { search: RARE_WORD }),
    'small account: chat.messages, newest page': read(small, SHORT_CHAT),
  };
}
