'use client';

import { ChatRow } from './chat-row.tsx';
import { renamedRow, selectRow } from './lazy-rows.ts';
import { useListState } from './list-state.tsx';
import type { Chat } from './chat-pages.ts';

interface ListRowProps {
  chat: Chat;
  isUnread: boolean;
  /** The name of its project, if the list shows it. */
  projectName?: string | undefined;
}

/** A chat of the sidebar: its link and menu, or a field for its title, or a box that selects it. */
export function ListRow({ chat, isUnread, projectName }: ListRowProps) {
  const { t, openId, menuId, renamedId, selection, onNavigate, onMenu, onToggle, onRenamed } = useListState();
  if (selection) return <selectRow.View props={{ chat, selection, onToggle }} />;
  const row = (
    <ChatRow
      t={t}
      chat={chat}
      projectName={projectName}
      isOpen={chat.id === openId}
      isUnread={isUnread}
      isMenuOpen={chat.id === menuId}
      onNavigate={onNavigate}
      onMenu={onMenu}
    />
  );
  if (chat.id !== renamedId) return row;
  return <renamedRow.View props={{ chat, onRenamed }} fallback={row} />;
}
