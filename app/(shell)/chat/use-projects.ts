'use client';

import { useEffect, useMemo } from 'react';
import { useLocale } from '#texts';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { ALL_PROJECTS } from './list-input.ts';

/** A project in the list. */
export type Project = Outputs['chat']['projects']['list']['items'][number];

/** Returns all projects of the user by name, in the order of the page's language. */
export function useProjects(): Project[] {
  const locale = useLocale();
  const projects = trpc.chat.projects.list.useInfiniteQuery(ALL_PROJECTS, {
    getNextPageParam: (page) => page.nextCursor,
  });
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = projects;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  return useMemo(() => {
    const { compare } = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' });
    return data?.pages.flatMap(({ items }) => items).toSorted((a, b) => compare(a.name, b.name)) ?? [];
  }, [data, locale]);
}
