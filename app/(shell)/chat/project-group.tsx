'use client';

import { ActionIcon, Text } from '@mantine/core';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useErrorMessages } from '#src/client/use-error-messages.ts';
import { ErrorNote } from '#src/components/error-note.tsx';
import { ChevronRightIcon } from '#src/components/icons.tsx';
import { useInDrawer } from './drawer.ts';
import { projectChats } from './list-input.ts';
import { ListRow } from './list-row.tsx';
import { useListState } from './list-state.tsx';
import { RowMenuButton } from './row-menu-button.tsx';
import { RunChecks } from './run-checks.tsx';
import classes from './sidebar.module.css';
import { useShownProjects } from './shown-projects.ts';
import { useChatPages } from './use-chat-lists.ts';
import { type MoveChat, useChatDrop } from './use-chat-drag.ts';
import type { Project } from './use-projects.ts';
import { useUnread } from './use-unread.ts';

interface ProjectGroupProps {
  project: Project;
  isMenuOpen: boolean;
  /** Opens or closes the menu of the project, which `button` belongs to. */
  onMenu: (project: Project, button: HTMLElement) => void;
  /** Moves a chat that is dropped on the project. */
  onMove: MoveChat;
}

/** A project of the sidebar, with its first chats if it is open. A chat that is dropped on it moves to it. */
export function ProjectGroup({ project, isMenuOpen, onMenu, onMove }: ProjectGroupProps) {
  const { id, name } = project;
  const { t, onNavigate } = useListState();
  const { isShown, show } = useShownProjects();
  const inDrawer = useInDrawer();
  const isOpen = usePathname() === `/projects/${id}`;
  const { isOver, handlers } = useChatDrop(id, onMove);
  const isExpanded = isShown(id);
  return (
    <section aria-label={name} data-over={isOver || undefined} className={classes['project']} {...handlers}>
      <div className={classes['row']} data-active={isOpen || undefined}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={24}
          className={classes['expand'] ?? ''}
          aria-label={t('list.chatsIn', { name })}
          aria-expanded={isExpanded}
          onClick={() => show(id, !isExpanded)}
        >
          <ChevronRightIcon size={14} />
        </ActionIcon>
        <Link
          href={`/projects/${id}`}
          prefetch={false}
          replace={inDrawer}
          className={classes['link']}
          aria-current={isOpen ? 'page' : undefined}
          title={name}
          draggable={false}
          onClick={onNavigate}
        >
          <span className={classes['title']}>{name}</span>
        </Link>
        <RowMenuButton
          label={t('list.actions', { title: name })}
          isMenuOpen={isMenuOpen}
          onMenu={(button) => onMenu(project, button)}
        />
      </div>
      {isExpanded && <ProjectRows project={project} />}
    </section>
  );
}

function ProjectRows({ project: { id, name } }: { project: Project }) {
  const { t, openId, onNavigate } = useListState();
  const { messageOf } = useErrorMessages();
  const inDrawer = useInDrawer();
  const { data, isError, error, refetch } = useChatPages(projectChats(id));
  const [first] = data?.pages ?? [];
  const chats = first?.items ?? NONE;
  const isUnread = useUnread(chats, openId);
  if (!first) {
    if (isError) return <ErrorNote onRetry={() => void refetch()}>{messageOf(error)}</ErrorNote>;
    return null;
  }
  return (
    <>
      <ul className={classes['rows']} role="list" data-inside>
        {chats.map((chat) => (
          <li key={chat.id}>
            <ListRow chat={chat} isUnread={isUnread(chat.id)} />
          </li>
        ))}
        {first.nextCursor !== null && (
          <li>
            <Link
              href={`/projects/${id}`}
              prefetch={false}
              replace={inDrawer}
              className={classes['all']}
              aria-label={t('list.allIn', { name })}
              onClick={onNavigate}
            >
              {t('list.all')}
            </Link>
          </li>
        )}
      </ul>
      {chats.length === 0 && (
        <Text size="sm" c="dimmed" pl={34} py={4}>
          {t('list.empty')}
        </Text>
      )}
      <RunChecks chats={chats} openId={openId} />
    </>
  );
}

const NONE: never[] = [];
