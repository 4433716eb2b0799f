'use client';

import { Drawer } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { createContext, type ReactNode, use } from 'react';
import classes from './shell.module.css';
import { Sidebar } from './sidebar.tsx';
import { useOtherTabs } from './use-other-tabs.ts';

const OpenSidebar = createContext<() => void>(() => undefined);

/** Returns a function that opens the sidebar on narrow screens. */
export function useOpenSidebar() {
  return use(OpenSidebar);
}

/** The layout of the chat pages: the sidebar and the page. */
export function Shell({ children }: { children: ReactNode }) {
  const [opened, { open, close }] = useDisclosure(false);
  useOtherTabs();
  return (
    <OpenSidebar value={open}>
      <div className={classes['shell']}>
        <aside className={classes['aside']}>
          <Sidebar onNavigate={close} />
        </aside>
        <Drawer
          opened={opened}
          onClose={close}
          size={300}
          padding={0}
          withCloseButton={false}
          title="Chats"
          classNames={{ header: classes['hidden'] ?? '', body: classes['drawer'] ?? '' }}
        >
          <Sidebar onNavigate={close} />
        </Drawer>
        <main className={classes['main']}>{children}</main>
      </div>
    </OpenSidebar>
  );
}
