'use client';

import type { Group } from './chat-groups.ts';
import { ListRow } from './list-row.tsx';
import classes from './sidebar.module.css';
import type { Chat } from './use-chat-changes.ts';

interface GroupedChatsProps {
  groups: Group<Chat>[];
  /** True if more chats follow in the last group, or in others. */
  hasMore: boolean;
  isUnread: (id: string) => boolean;
  /** Returns the name of the project that a row shows. */
  projectNameOf: (chat: Chat) => string | undefined;
}

/** The chats of a list by group. */
export function GroupedChats({ groups, hasMore, isUnread, projectNameOf }: GroupedChatsProps) {
  return groups.map(({ title, items }, index) => (
    <section key={title} aria-label={title}>
      <h2 className={classes['heading']}>{title}</h2>
      <ul className={classes['rows']} role="list">
        {items.map((chat, position) => (
          <li
            key={chat.id}
            aria-posinset={position + 1}
            aria-setsize={hasMore && index === groups.length - 1 ? -1 : items.length}
          >
            <ListRow chat={chat} isUnread={isUnread(chat.id)} projectName={projectNameOf(chat)} />
          </li>
        ))}
      </ul>
    </section>
  ));
}
