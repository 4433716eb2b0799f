'use client';

import { Burger } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './shell.module.css';
import { useOpenSidebar } from './shell.tsx';

/** The top bar of a chat page, with a button for the sidebar on narrow screens. */
export function TopBar({ children }: { children?: ReactNode }) {
  const openSidebar = useOpenSidebar();
  return (
    <header className={classes['bar']}>
      <Burger hiddenFrom="sm" size="sm" aria-label="Open chat list" onClick={openSidebar} />
      {children}
    </header>
  );
}
