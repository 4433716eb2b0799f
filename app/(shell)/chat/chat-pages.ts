import type { InfiniteData } from '@tanstack/react-query';
import type { Inputs, Outputs } from '#src/client/trpc.ts';

/** A page of a list. */
export type Page = Outputs['chat']['list'];
/** A chat in the list. */
export type Chat = Page['items'][number];
/** The cached pages of a list of chats. */
export type ChatPages = InfiniteData<Page>;
/** What decides which chats a list has. */
export type ListInput = Pick<Inputs['chat']['list'], 'archived' | 'projectId' | 'withoutProject' | 'search'>;

/** How many pages of a list are fetched again after a change. Those below them, which are larger, keep what they have. */
export const REFETCHED_PAGES = 3;

/** Returns a negative number if `a` is before `b` in lists, as the server sorts them. */
export function compareChats(a: Chat, b: Chat): number {
  if (a.pinned !== b.pinned) return a.pinned ? -1 : 1;
  const later = b.activeAt.getTime() - a.activeAt.getTime();
  if (later !== 0 || a.id === b.id) return later;
  return a.id < b.id ? 1 : -1;
}

/** Returns all chats of a list, each of them once: one that has just moved can be in two pages. */
export function chatsOf({ pages }: ChatPages): Chat[] {
  const ids = new Set<string>();
  return pages.flatMap(({ items }) => items.filter(({ id }) => !ids.has(id) && ids.add(id)));
}

/** Changes or removes chats. Pages without a change remain the same objects. */
export function withChanges(data: ChatPages, changed: (chat: Chat) => Chat | null): ChatPages {
  const pages = data.pages.map((page) => {
    const items = page.items.flatMap((chat) => changed(chat) ?? []);
    const isSame =
      items.length === page.items.length && items.every((chat, index) => chat === page.items[index]);
    return isSame ? page : { ...page, items };
  });
  return { ...data, pages };
}

/**
 * Returns a list after its first pages were fetched again: those, and the chats that the list had after them.
 * @param fresh the fetched pages, or any other new value of the list, which is returned as it is.
 */
export function withRefetched(old: ChatPages | undefined, fresh: ChatPages): ChatPages {
  const last = fresh.pages.at(-1);
  const end = last?.items.at(-1);
  const isPart =
    old !== undefined && fresh.pages.length < old.pages.length && fresh.pages[0] !== old.pages[0];
  if (!isPart || !end || last?.nextCursor === null) return fresh;
  const ids = new Set(fresh.pages.flatMap(({ items }) => items.map(({ id }) => id)));
  const rest = withChanges(old, (chat) => (compareChats(chat, end) > 0 && !ids.has(chat.id) ? chat : null));
  const first = rest.pages.findIndex(({ items }) => items.length > 0);
  if (first === -1) return fresh;
  return {
    pages: [...fresh.pages, ...rest.pages.slice(first)],
    pageParams: [...fresh.pageParams, ...rest.pageParams.slice(first)],
  };
}
