import type { ReactNode } from 'react';
import classes from './page-frame.module.css';

interface PageFrameProps {
  title: string;
  /** The maximum width of the content. */
  size: 'sm' | 'md' | 'lg';
  children: ReactNode;
}

/** The title and the content of a page beside the chats. Its layout is that of app/(shell)/(pages)/. */
export function PageFrame({ title, size, children }: PageFrameProps) {
  return (
    <div className={classes['frame']} data-size={size}>
      <h1 className={classes['title']}>{title}</h1>
      {children}
    </div>
  );
}
