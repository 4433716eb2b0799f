'use client';

import type { Chat } from './chat-pages.ts';
import { RenameField } from './rename-field.tsx';
import { useChatChanges } from './use-chat-changes.ts';

export interface RenamedRowProps {
  chat: Chat;
  /** Called when the title is no longer edited. */
  onRenamed: () => void;
}

/** A chat of the list while its title is edited. */
export function RenamedRow({ chat: { id, title }, onRenamed }: RenamedRowProps) {
  const { update } = useChatChanges();
  return (
    <RenameField
      title={title}
      onRename={(newTitle) => update.mutate({ id, title: newTitle })}
      onClose={onRenamed}
    />
  );
}
