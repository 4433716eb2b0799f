import { type Chat, type ChatPages, compareChats, type ListInput, withChanges } from './chat-pages.ts';

const belongs = ({ archived, projectId, withoutProject }: ListInput, chat: Chat) =>
  !chat.temporary &&
  chat.archived === (archived ?? false) &&
  (projectId === undefined || chat.projectId === projectId) &&
  (withoutProject !== true || chat.projectId === null);

/** Puts a chat, as the server has it, in its place in a list, or removes it from a list that it does not belong to. */
export function withChat(data: ChatPages, input: ListInput, chat: Chat): ChatPages {
  const isIn = belongs(input, chat);
  const before = data.pages.flatMap(({ items }) => items).find(({ id }) => id === chat.id);
  const isInPlace = before !== undefined && (input.search !== undefined || compareChats(before, chat) === 0);
  const stays = isIn && isInPlace;
  const rest = withChanges(data, (known) => {
    if (known.id !== chat.id) return known;
    return stays ? chat : null;
  });
  // Only the server knows which chats a search finds.
  if (stays || !isIn || input.search !== undefined) return rest;
  const isBefore = (known: Chat) => compareChats(chat, known) < 0;
  const { pages } = rest;
  const place = pages.findIndex(({ items }) => items.some(isBefore));
  // After the last chat, it belongs to a page that was not loaded, unless there is none.
  const at = place === -1 && pages.at(-1)?.nextCursor === null ? pages.length - 1 : place;
  return {
    ...rest,
    pages: pages.map((page, index) => {
      if (index !== at) return page;
      const next = page.items.findIndex(isBefore);
      return { ...page, items: page.items.toSpliced(next === -1 ? page.items.length : next, 0, chat) };
    }),
  };
}
