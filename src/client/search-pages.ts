import { useEffect } from 'react';

/** The maximum number of consecutive empty pages that are fetched automatically. */
const MAX_EMPTY_PAGES = 200;

/** The properties of an infinite query that are used here. */
interface Pages {
  data: { pages: { items: unknown[] }[] } | undefined;
  hasNextPage: boolean;
  isFetching: boolean;
  isError: boolean;
  fetchNextPage: () => unknown;
}

/**
 * Fetches the next page of a search while the last one has no items, because a page also ends at a limit of examined
 * text.
 * @returns true while it fetches.
 */
export function useSearchPages({ data, hasNextPage, isFetching, isError, fetchNextPage }: Pages): boolean {
  const pages = data?.pages ?? [];
  const filled = pages.findLastIndex(({ items }) => items.length > 0) + 1;
  const empty = pages.length - filled;
  const isSearching = hasNextPage && !isError && empty > 0 && empty < MAX_EMPTY_PAGES;
  useEffect(() => {
    if (isSearching && !isFetching) fetchNextPage();
  }, [isSearching, isFetching, fetchNextPage]);
  return isSearching;
}
