'use client';

import { useEffect, useMemo } from 'react';
import { type Outputs, trpc } from '#src/client/trpc.ts';
import { ALL_PROJECTS } from './list-input.ts';

/** A project in the list. */
export type Project = Outputs['chat']['projects']['list']['items'][number];

/** The server and the browser must sort alike. */
const { compare } = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Returns all projects of the user by name. */
export function useProjects(): Project[] {
  const projects = trpc.chat.projects.list.useInfiniteQuery(ALL_PROJECTS, {
    getNextPageParam: (page) => page.nextCursor,
  });
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = projects;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  return useMemo(
    () => data?.pages.flatMap(({ items }) => items).toSorted((a, b) => compare(a.name, b.name)) ?? [],
    [data],
  );
}
