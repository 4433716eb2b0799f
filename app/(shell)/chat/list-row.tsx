'use client';

import { ChatRow } from './chat-row.tsx';
import { selectRow } from './lazy-selection.ts';
import { useListState } from './list-state.tsx';
import { RenameField } from './rename-field.tsx';
import { type Chat, useChatChanges } from './use-chat-changes.ts';

interface ListRowProps {
  chat: Chat;
  isUnread: boolean;
  /** The name of its project, if the list shows it. */
  projectName?: string | undefined;
}

/** A chat of the sidebar: its link and menu, or a field for its title, or a box that selects it. */
export function ListRow({ chat, isUnread, projectName }: ListRowProps) {
  const { openId, menuId, renamedId, selection, onNavigate, onMenu, onToggle } = useListState();
  if (selection) return <selectRow.View props={{ chat, selection, onToggle }} />;
  if (chat.id === renamedId) return <RenamedRow chat={chat} />;
  return (
    <ChatRow
      chat={chat}
      projectName={projectName}
      isOpen={chat.id === openId}
      isUnread={isUnread}
      isMenuOpen={chat.id === menuId}
      onNavigate={onNavigate}
      onMenu={onMenu}
    />
  );
}

function RenamedRow({ chat: { id, title } }: { chat: Chat }) {
  const { onRenamed } = useListState();
  const { update } = useChatChanges();
  return (
    <RenameField
      title={title}
      onRename={(newTitle) => update.mutate({ id, title: newTitle })}
      onClose={onRenamed}
    />
  );
}
