'use client';

import { useParams } from 'next/navigation';
import {
  createContext,
  type ReactNode,
  type RefObject,
  use,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useTranslations } from '#texts';
import { onDemand, useLoad } from '#src/components/on-demand.ts';
import type { ChatMenuProps } from './chat-menu.tsx';
import { renamedRow, selectionBar, selectRow } from './lazy-rows.ts';
import { type Selection, toggled } from './selection.ts';
import type { Chat } from './chat-pages.ts';

const chatMenu = onDemand<ChatMenuProps>(() => import('./chat-menu.tsx').then((module) => module.ChatMenu));

/** The texts of the sidebar. */
export type ShellTexts = ReturnType<typeof useTranslations<'shell'>>;

/** What the chats of the sidebar have in common. */
interface ListState {
  /** The texts, which rows do not look for themselves, because a long list creates many while it scrolls. */
  t: ShellTexts;
  /** The chat on the page. */
  openId: string | undefined;
  /** The chat whose menu is open. */
  menuId: string | null;
  /** The chat whose title is being edited. */
  renamedId: string | null;
  /** The selected chats; null if none are being selected. */
  selection: Selection | null;
  /** The element that scrolls the chats. */
  viewport: RefObject<HTMLElement | null>;
  /** Called when a link is followed. */
  onNavigate: () => void;
  /** Opens or closes the menu of a chat, which `button` belongs to. */
  onMenu: (chat: Chat, button: HTMLElement) => void;
  onToggle: (id: string) => void;
  onRenamed: () => void;
}

const State = createContext<ListState | null>(null);

/** Returns what the chats of the sidebar have in common. */
export function useListState(): ListState {
  const state = use(State);
  if (!state) throw new Error('useListState needs a ListStateProvider around it.');
  return state;
}

/** Returns the link of a chat in a list. */
const linkIn = (list: HTMLElement | null, id: string) =>
  list?.querySelector<HTMLElement>(`a[data-chat="${id}"]`) ?? null;

interface ListStateProviderProps {
  viewport: RefObject<HTMLElement | null>;
  onNavigate: () => void;
  children: ReactNode;
}

/** The menu, the selection and the renaming of the chats in it. */
export function ListStateProvider({ viewport, onNavigate, children }: ListStateProviderProps) {
  const t = useTranslations('shell');
  const { id: openId } = useParams<{ id?: string }>();
  const list = useRef<HTMLDivElement>(null);
  const [menu, setMenu] = useState<{ chat: Chat; button: HTMLElement } | null>(null);
  const [isMenuOpen, setIsMenuOpen] = useState(false);
  const [selection, setSelection] = useState<Selection | null>(null);
  const [renamedId, setRenamedId] = useState<string | null>(null);
  const onMenu = useCallback((chat: Chat, button: HTMLElement) => {
    setMenu({ chat, button });
    setIsMenuOpen((wasOpen) => !wasOpen);
  }, []);
  const closeMenu = () => setIsMenuOpen(false);
  useLoad(chatMenu, isMenuOpen, closeMenu);
  const endSelection = () => setSelection(null);
  useLoad(selectionBar, selection !== null, endSelection);
  useLoad(selectRow, selection !== null, endSelection);
  const onToggle = useCallback((id: string) => setSelection((ids) => ids && toggled(ids, id)), []);
  const onRenamed = useCallback(() => setRenamedId(null), []);
  useLoad(renamedRow, renamedId !== null, onRenamed);

  /** Returns the link of the chat after, or else before, another one, or else the link to a new chat. */
  function neighbourOf(id: string): HTMLElement | null {
    const links = [...(list.current?.querySelectorAll<HTMLElement>('a[data-chat]') ?? [])];
    const index = links.findIndex((link) => link.dataset['chat'] === id);
    const neighbour = links[index + 1] ?? links[index - 1];
    return neighbour ?? list.current?.closest('[data-sidebar]')?.querySelector('a[href="/chat"]') ?? null;
  }

  // A field that is removed while it has the focus passes it on to the link in its place.
  const lastRenamedId = useRef<string | null>(null);
  useEffect(() => {
    const id = lastRenamedId.current;
    lastRenamedId.current = renamedId;
    if (renamedId === null && id !== null && document.activeElement === document.body) {
      linkIn(list.current, id)?.focus();
    }
  }, [renamedId]);

  // So does the bar of a selection.
  const wasSelecting = useRef(false);
  useEffect(() => {
    const isEnded = wasSelecting.current && selection === null;
    wasSelecting.current = selection !== null;
    if (isEnded) list.current?.querySelector<HTMLElement>('a[data-chat]')?.focus();
  }, [selection]);

  const menuId = isMenuOpen ? (menu?.chat.id ?? null) : null;
  const state = useMemo<ListState>(
    () => ({
      t,
      openId,
      menuId,
      renamedId,
      selection,
      viewport,
      onNavigate,
      onMenu,
      onToggle,
      onRenamed,
    }),
    [t, openId, menuId, renamedId, selection, viewport, onNavigate, onMenu, onToggle, onRenamed],
  );
  return (
    <State value={state}>
      <div ref={list}>
        {children}
        {selection && <selectionBar.View props={{ selection, onEnd: endSelection }} />}
        <chatMenu.View
          props={{
            chat: menu?.chat ?? null,
            button: menu?.button ?? null,
            isOpen: isMenuOpen,
            onClose: closeMenu,
            onRename: ({ id }) => setRenamedId(id),
            onSelect: ({ id }) => setSelection(new Set([id])),
            neighbourOf,
          }}
        />
      </div>
    </State>
  );
}
