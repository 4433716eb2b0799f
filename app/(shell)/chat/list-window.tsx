'use client';

import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useState } from 'react';
import type { Group } from './chat-groups.ts';
import type { Chat } from './chat-pages.ts';
import { itemsOf, type Piece, piecesOf } from './shown-rows.ts';

/** What of a long list is in the document. */
export interface Shown {
  /** Returns what each group consists of, also after chats were added. */
  piecesOf: (groups: readonly Group<Chat>[]) => Piece<Chat>[][];
  /** In pixels. */
  rowHeight: number;
}

export interface ListWindowProps {
  groups: readonly Group<Chat>[];
  /** The chat whose row stays in the document, with the rows beside it, because it has or had the focus. */
  keptId: string | null;
  /** The element that scrolls the list. */
  viewport: RefObject<HTMLElement | null>;
  /** The list, which need not be the first element in the viewport. */
  list: RefObject<HTMLElement | null>;
  /** Called when other items are to be in the document, and with null for all items. */
  onShown: (shown: Shown | null) => void;
}

/** The rows above and below those in view. */
const OVERSCAN = 15;
/** The heights before they are measured, in pixels, as in the style sheet. */
const ROW_HEIGHT = 36;
const HEADING_HEIGHT = 37;

/** Where the list begins in its viewport, and the heights of its items. All rows have the same height. */
interface Measures {
  top: number;
  row: number;
  heading: number;
}

function measure(viewport: HTMLElement | null, list: HTMLElement | null): Measures {
  const heightOf = (selector: string) => list?.querySelector(selector)?.getBoundingClientRect().height;
  const top = (list?.getBoundingClientRect().top ?? 0) - (viewport?.getBoundingClientRect().top ?? 0);
  return {
    top: top + (viewport?.scrollTop ?? 0),
    row: heightOf('[data-row]') ?? ROW_HEIGHT,
    heading: heightOf('h2') ?? HEADING_HEIGHT,
  };
}

const isSame = (a: Measures, b: Measures) => a.top === b.top && a.row === b.row && a.heading === b.heading;

/**
 * Decides which items of a long list are in the document. It has no elements, so that the rows remain the same elements when
 * its code has been loaded.
 */
export function ListWindow({ groups, keptId, viewport, list, onShown }: ListWindowProps) {
  const [measures, setMeasures] = useState(() => measure(viewport.current, list.current));
  const { top, row, heading } = measures;
  // A row can have the focus since before the page listened to events.
  const [focusedId] = useState(
    () => list.current?.querySelector<HTMLElement>('[data-row]:focus-within')?.dataset['row'] ?? null,
  );
  const items = useMemo(() => itemsOf(groups), [groups]);
  const headings = useMemo(() => items.flatMap((id, index) => (id === null ? [index] : [])), [items]);
  const kept = useMemo(() => {
    const id = keptId ?? focusedId;
    const index = id === null ? -1 : items.indexOf(id);
    return index === -1 ? [] : [index - 1, index, index + 1].filter((one) => one < items.length);
  }, [items, keptId, focusedId]);
  const rangeExtractor = useCallback(
    (range: Range) =>
      [...new Set([...headings, ...kept, ...defaultRangeExtractor(range)])].sort((a, b) => a - b),
    [headings, kept],
  );
  // eslint-disable-next-line react-hooks/incompatible-library -- this component passes on no function of it
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => viewport.current,
    getItemKey: useCallback((index: number) => items[index] ?? `heading ${index}`, [items]),
    estimateSize: (index) => (items[index] === null ? heading : row),
    overscan: OVERSCAN,
    rangeExtractor,
    scrollMargin: top,
    initialOffset: () => viewport.current?.scrollTop ?? 0,
    initialRect: { width: 0, height: viewport.current?.clientHeight ?? 0 },
  });

  useEffect(() => {
    const content = viewport.current?.firstElementChild;
    if (!content) return undefined;
    // What is above the list changes the height of the content too.
    const observer = new ResizeObserver(() => {
      const now = measure(viewport.current, list.current);
      setMeasures((before) => (isSame(before, now) ? before : now));
    });
    observer.observe(content);
    return () => observer.disconnect();
  }, [viewport, list]);
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, row, heading]);

  const shown = virtualizer.getVirtualItems();
  useLayoutEffect(() => {
    const indexes = shown.map(({ index }) => index);
    onShown({ piecesOf: (current) => piecesOf(current, { items, indexes }), rowHeight: row });
  }, [items, shown, row, onShown]);
  useLayoutEffect(() => () => onShown(null), [onShown]);
  return null;
}
