'use client';

import { VisuallyHidden } from '@mantine/core';
import Link, { useLinkStatus } from 'next/link';
import { memo } from 'react';
import { useInDrawer } from './drawer.ts';
import type { ShellTexts } from './list-state.tsx';
import { RowMenuButton } from './row-menu-button.tsx';
import classes from './sidebar.module.css';
import type { Chat } from './chat-pages.ts';
import { dragHandlers } from './use-chat-drag.ts';

interface ChatRowProps {
  t: ShellTexts;
  chat: Chat;
  /** The name of its project, if the row shows it. */
  projectName: string | undefined;
  /** True if the chat is open on the page. */
  isOpen: boolean;
  /** True if the chat has an answer that the user has not seen. */
  isUnread: boolean;
  isMenuOpen: boolean;
  onNavigate: () => void;
  /** Opens or closes the menu of the chat, which `button` belongs to. */
  onMenu: (chat: Chat, button: HTMLElement) => void;
}

/** The text of a link, dimmed while its page is loading. */
function RowTitle({ children }: { children: string }) {
  const { pending } = useLinkStatus();
  return (
    <span className={classes['title']} data-pending={pending || undefined}>
      {children}
    </span>
  );
}

function Dot({ kind, label }: { kind: 'running' | 'unread'; label: string }) {
  return (
    <>
      {' '}
      <VisuallyHidden>({label})</VisuallyHidden>
      <i aria-hidden className={classes['dot']} data-kind={kind} title={label} />
    </>
  );
}

/** A chat of the list, with the button of its menu. */
export const ChatRow = memo(function ChatRow(props: ChatRowProps) {
  const { t, chat, projectName, isOpen, isUnread, isMenuOpen, onNavigate, onMenu } = props;
  const title = chat.title === '' ? t('newChat') : chat.title;
  const inDrawer = useInDrawer();
  return (
    <div className={classes['row']} data-active={isOpen || undefined}>
      <Link
        href={`/chat/${chat.id}`}
        // Its page is not loaded before it is opened: a list has many links, and loading them all takes long.
        prefetch={false}
        replace={inDrawer}
        className={classes['link']}
        data-chat={chat.id}
        data-empty={chat.title === '' || undefined}
        data-unread={isUnread || undefined}
        aria-current={isOpen ? 'page' : undefined}
        title={title}
        onClick={onNavigate}
        {...dragHandlers(chat)}
      >
        <RowTitle>{title}</RowTitle>
        {projectName !== undefined && <span className={classes['note']}>{projectName}</span>}
        {chat.activeRunId !== null ? (
          <Dot kind="running" label={t('list.running')} />
        ) : (
          isUnread && <Dot kind="unread" label={t('list.unread')} />
        )}
      </Link>
      <RowMenuButton
        label={t('list.actions', { title })}
        isMenuOpen={isMenuOpen}
        onMenu={(button) => onMenu(chat, button)}
      />
    </div>
  );
});
