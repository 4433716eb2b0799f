'use client';

import { Skeleton, Stack, Text } from '@mantine/core';
import { useInViewport, useMounted } from '@mantine/hooks';
import { type ReactNode, type RefObject, useCallback, useEffect, useMemo } from 'react';
import { useTranslations } from '#texts';
import { useSearchPages } from '#src/client/search-pages.ts';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { groupChats, LOCAL, UTC } from './chat-groups.ts';
import { chatsOf } from './chat-pages.ts';
import { GroupedChats } from './grouped-chats.tsx';
import { CHATS, FIRST_CHATS } from './list-input.ts';
import { ListStateProvider, useListState } from './list-state.tsx';
import { ProjectGroups } from './project-groups.tsx';
import { RunChecks } from './run-checks.tsx';
import classes from './sidebar.module.css';
import { useChatPages } from './use-chat-lists.ts';
import { useChatDrop } from './use-chat-drag.ts';
import { useProjectChanges } from './use-project-changes.ts';
import { useGroupTitles } from './use-group-titles.ts';
import { useProjects } from './use-projects.ts';
import { useUnread } from './use-unread.ts';

interface ChatListProps {
  search: string;
  archived: boolean;
}

interface ChatListFrameProps extends ChatListProps {
  /** The element that scrolls the list. */
  viewport: RefObject<HTMLElement | null>;
  onNavigate: () => void;
}

function Loading() {
  const t = useTranslations('shell.list');
  return (
    <Stack gap="xs" p="xs" role="status" aria-label={t('loading')}>
      {[80, 60, 70].map((width) => (
        <Skeleton key={width} h={16} w={`${width}%`} />
      ))}
    </Stack>
  );
}

/** Loads the next page of a list when it comes into view, long before its end. */
function NextPage({ onVisible }: { onVisible: () => void }) {
  const { ref, inViewport } = useInViewport();
  useEffect(() => {
    if (inViewport) onVisible();
  }, [inViewport, onVisible]);
  return (
    <div className={classes['next']}>
      <div ref={ref} className={classes['ahead']} />
      <Loading />
    </div>
  );
}

/**
 * The user's projects, and the chats of no project: pinned first, then by the day of the last activity. Of search results
 * and archived chats, it has those of all projects.
 */
export function ChatList({ viewport, onNavigate, ...props }: ChatListFrameProps) {
  const isMain = props.search === '' && !props.archived;
  return (
    <ListStateProvider viewport={viewport} onNavigate={onNavigate}>
      {isMain ? (
        <>
          <ProjectGroups />
          <DropArea>
            <Chats {...props} />
          </DropArea>
        </>
      ) : (
        <Chats {...props} />
      )}
    </ListStateProvider>
  );
}

/** A chat that is dropped here leaves its project. */
function DropArea({ children }: { children: ReactNode }) {
  const { move } = useProjectChanges();
  const { isOver, handlers } = useChatDrop(null, move);
  return (
    <div data-over={isOver || undefined} className={classes['unfiled']} {...handlers}>
      {children}
    </div>
  );
}

function Chats({ search, archived }: ChatListProps) {
  const t = useTranslations('shell.list');
  const { messageOf } = useErrorMessages();
  const isMain = search === '' && !archived;
  const input = isMain ? FIRST_CHATS : { ...CHATS, archived, ...(search !== '' && { search }) };
  const chats = useChatPages(input);
  const { data, dataUpdatedAt, fetchNextPage } = chats;
  const isSearching = useSearchPages(chats);
  const { openId } = useListState();
  const projects = useProjects();

  const items = useMemo(() => (data ? chatsOf(data) : []), [data]);
  const isUnread = useUnread(items, openId);
  const titles = useGroupTitles();
  // The server does not know the reader's time zone.
  const clock = useMounted() ? LOCAL : UTC;
  const groups = useMemo(() => {
    if (!isMain) {
      return items.length === 0 ? [] : [{ title: t(archived ? 'archived' : 'results'), items }];
    }
    // The time of the data is the same on the server and in the browser, unlike the current time.
    return groupChats(items, new Date(dataUpdatedAt), clock, titles);
  }, [items, dataUpdatedAt, clock, titles, isMain, archived, t]);
  const loadNext = useCallback(() => void fetchNextPage(), [fetchNextPage]);

  if (chats.isPending || (isSearching && items.length === 0)) return <Loading />;
  if (chats.isError && !data) {
    return <ErrorNote onRetry={() => void chats.refetch()}>{messageOf(chats.error)}</ErrorNote>;
  }
  if (groups.length === 0) {
    return (
      <Text size="sm" c="dimmed" p="sm">
        {t(search !== '' ? 'noMatches' : archived ? 'noArchived' : 'empty')}
      </Text>
    );
  }
  return (
    <>
      <GroupedChats
        groups={groups}
        hasMore={chats.hasNextPage}
        isUnread={isUnread}
        projectNameOf={({ projectId }) =>
          isMain ? undefined : projects.find(({ id }) => id === projectId)?.name
        }
      />
      <RunChecks chats={items} openId={openId} />
      {chats.isFetchNextPageError ? (
        <ErrorNote onRetry={loadNext}>{messageOf(chats.error)}</ErrorNote>
      ) : (
        chats.hasNextPage &&
        (isSearching ? <Loading /> : <NextPage key={items.length} onVisible={loadNext} />)
      )}
    </>
  );
}
