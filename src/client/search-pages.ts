import { useEffect } from 'react';

/** How many pages without an item are fetched before the reader has to ask for more. */
const MAX_EMPTY_PAGES = 200;

/** What is used of an infinite query. */
interface Pages {
  data: { pages: { items: unknown[] }[] } | undefined;
  hasNextPage: boolean;
  isFetching: boolean;
  isError: boolean;
  fetchNextPage: () => unknown;
}

/**
 * Fetches the next page of a search while the newest one has no items, because a page of a search also ends when it has
 * examined enough.
 * @returns true while it does.
 */
export function useSearchPages({ data, hasNextPage, isFetching, isError, fetchNextPage }: Pages): boolean {
  const pages = data?.pages ?? [];
  const filled = pages.findLastIndex(({ items }) => items.length > 0) + 1;
  const empty = pages.length - filled;
  const goesOn = hasNextPage && !isError && empty > 0 && empty < MAX_EMPTY_PAGES;
  useEffect(() => {
    if (goesOn && !isFetching) fetchNextPage();
  }, [goesOn, isFetching, fetchNextPage]);
  return goesOn;
}
