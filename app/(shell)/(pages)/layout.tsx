import type { ReactNode } from 'react';
import { findUser } from '../../session.ts';
import classes from '../chat/shell.module.css';
import { TopBar } from '../chat/top-bar.tsx';

/**
 * The layout of the pages beside the chats: a top bar, and a page that scrolls with the window. A visitor who is not signed
 * in sees the page alone.
 */
export default async function PageLayout({ children }: { children: ReactNode }) {
  if (!(await findUser())) return <main>{children}</main>;
  return (
    <div className={classes['page']}>
      <TopBar />
      {children}
    </div>
  );
}
