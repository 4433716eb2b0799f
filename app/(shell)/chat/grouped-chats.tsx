'use client';

import { type SyntheticEvent, useEffect, useMemo, useRef, useState } from 'react';
import { onDemand } from '#src/components/on-demand.ts';
import type { Group } from './chat-groups.ts';
import type { Chat } from './chat-pages.ts';
import { ListRow } from './list-row.tsx';
import { useListState } from './list-state.tsx';
import type { ListWindowProps, Shown } from './list-window.tsx';
import type { Piece } from './shown-rows.ts';
import classes from './sidebar.module.css';

interface GroupedChatsProps {
  groups: Group<Chat>[];
  /** True if more chats follow in the last group, or in others. */
  hasMore: boolean;
  isUnread: (id: string) => boolean;
  /** Returns the name of the project that a row shows. */
  projectNameOf: (chat: Chat) => string | undefined;
}

/** The number of chats from which on only the rows in view are in the document. */
const LONG = 100;

const listWindow = onDemand<ListWindowProps>(() =>
  import('./list-window.tsx').then((module) => module.ListWindow),
);

/** The chats of a list by group. */
export function GroupedChats({ groups, hasMore, isUnread, projectNameOf }: GroupedChatsProps) {
  const { viewport } = useListState();
  const list = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  const [keptId, setKeptId] = useState<string | null>(null);
  const count = groups.reduce((sum, { items }) => sum + items.length, 0);
  const isLong = count >= LONG;
  useEffect(() => {
    // Without a connection, all rows are in the document, and the next page tries again.
    if (isLong) void listWindow.load().catch(() => undefined);
  }, [isLong, count]);

  /** Keeps the row that has the focus, or that is being dragged. */
  function keep({ target }: SyntheticEvent) {
    const row = target instanceof Element ? target.closest<HTMLElement>('[data-row]') : null;
    if (row) setKeptId(row.dataset['row'] ?? null);
  }

  const pieces = useMemo(
    () =>
      shown?.piecesOf(groups) ??
      groups.map(({ items }): Piece<Chat>[] => items.map((chat, position) => ({ chat, position }))),
    [groups, shown],
  );
  const row = (piece: Piece<Chat>, index: number, { length }: Chat[], isOpenEnded: boolean) => {
    if ('rows' in piece) {
      const height = piece.rows * (shown?.rowHeight ?? 0);
      return <li key={`space ${index}`} role="presentation" style={{ height }} />;
    }
    const { chat, position } = piece;
    return (
      <li
        key={chat.id}
        data-row={chat.id}
        aria-posinset={position + 1}
        aria-setsize={isOpenEnded ? -1 : length}
      >
        <ListRow chat={chat} isUnread={isUnread(chat.id)} projectName={projectNameOf(chat)} />
      </li>
    );
  };

  return (
    <div ref={list} onFocus={keep} onPointerDown={keep}>
      {groups.map(({ title, items: chats }, index) => (
        <section key={title} aria-label={title}>
          <h2 className={classes['heading']}>{title}</h2>
          <ul className={classes['rows']} role="list">
            {pieces[index]?.map((piece, place) =>
              row(piece, place, chats, hasMore && index === groups.length - 1),
            )}
          </ul>
        </section>
      ))}
      {isLong && <listWindow.View props={{ groups, keptId, viewport, list, onShown: setShown }} />}
    </div>
  );
}
