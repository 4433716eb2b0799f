'use client';

import { ActionIcon, Burger } from '@mantine/core';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { useTranslations } from '#texts';
import { PlusIcon, SidebarIcon } from '#src/components/icons.tsx';
import classes from './shell.module.css';
import { useSidebar } from './shell.tsx';

/** The top bar of a chat page, with the buttons that the sidebar has if it is visible. */
export function TopBar({ children }: { children?: ReactNode }) {
  const t = useTranslations('shell');
  const sidebar = useSidebar();
  const pathname = usePathname();
  const label = sidebar?.isHidden === true ? t('sidebar.show') : t('sidebar.hide');
  return (
    <header className={classes['bar']}>
      <Burger hiddenFrom="sm" size="sm" aria-label={t('sidebar.open')} onClick={sidebar?.toggle} />
      <ActionIcon
        ref={sidebar?.button}
        visibleFrom="sm"
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        title={label}
        onClick={sidebar?.toggle}
      >
        <SidebarIcon />
      </ActionIcon>
      {children}
      {pathname !== '/chat' && (
        <ActionIcon
          component={Link}
          href="/chat"
          {...(sidebar?.isHidden !== true && { hiddenFrom: 'sm' })}
          variant="subtle"
          color="gray"
          size="lg"
          className={classes['new'] ?? ''}
          aria-label={t('newChat')}
        >
          <PlusIcon size={20} />
        </ActionIcon>
      )}
    </header>
  );
}
