'use client';

import { useWindowEvent } from '@mantine/hooks';
import { createContext, use, useState } from 'react';

/** The key in the state of a history entry in which the drawer is open. */
const KEY = 'isDrawerOpen';

function isDrawerEntry(): boolean {
  const state: unknown = window.history.state;
  return typeof state === 'object' && state !== null && KEY in state;
}

/**
 * The drawer of narrow screens. While it is open, it has an entry in the history, so that the Back button closes it.
 */
export function useDrawer() {
  const [isOpen, setIsOpen] = useState(false);
  useWindowEvent('popstate', () => setIsOpen(isDrawerEntry()));
  return {
    isOpen,
    open: () => {
      window.history.pushState({ [KEY]: true }, '');
      setIsOpen(true);
    },
    close: () => {
      setIsOpen(false);
      if (isDrawerEntry()) window.history.back();
    },
    /** Closes the drawer for a link in it, which replaces the entry of the drawer. */
    leave: () => {
      setIsOpen(false);
    },
  };
}

/** Provides the value of `useInDrawer`. */
export const InDrawer = createContext(false);

/** True for components in the drawer, whose links have to replace the entry of the drawer in the history. */
export function useInDrawer(): boolean {
  return use(InDrawer);
}
