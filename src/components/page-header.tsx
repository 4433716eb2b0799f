import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { ColorSchemeToggle } from './color-scheme-toggle.tsx';
import { HomeLink } from './home-link.tsx';
import classes from './page-header.module.css';

/** The header of pages outside the chat: a link home, the color scheme, and `children` as further links. */
export function PageHeader({ children }: { children: ReactNode }) {
  return (
    <header className={classes['header']}>
      <HomeLink />
      <Group gap="xs" wrap="nowrap">
        <ColorSchemeToggle />
        {children}
      </Group>
    </header>
  );
}
