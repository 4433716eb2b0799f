import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { Brand } from './brand.tsx';
import { ColorSchemeToggle } from './color-scheme-toggle.tsx';
import { LinkAnchor } from './links.tsx';
import classes from './page-header.module.css';
import { PRODUCT } from '#contract/product';

/** The header of pages outside the chat: a link home, the color scheme, and `children` as further links. */
export function PageHeader({ children }: { children: ReactNode }) {
  return (
    <header className={classes['header']}>
      <LinkAnchor href="/" c="inherit" underline="never" aria-label={`${PRODUCT.name}, home`}>
        <Brand />
      </LinkAnchor>
      <Group gap="xs" wrap="nowrap">
        <ColorSchemeToggle />
        {children}
      </Group>
    </header>
  );
}
