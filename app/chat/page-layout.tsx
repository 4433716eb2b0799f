import type { ReactNode } from 'react';
import { findUser } from '../server.tsx';
import ChatLayout from './layout.tsx';
import classes from './shell.module.css';
import { TopBar } from './top-bar.tsx';

/**
 * The layout of pages beside the chats: the same sidebar and top bar, with a page that scrolls with the window. A visitor
 * who is not signed in sees the page alone.
 */
export async function PageLayout({ children }: { children: ReactNode }) {
  if (!(await findUser())) return <main>{children}</main>;
  return (
    <ChatLayout>
      <div className={classes['page']}>
        <TopBar />
        {children}
      </div>
    </ChatLayout>
  );
}
