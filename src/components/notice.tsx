import type { ReactNode } from 'react';
import { Mark } from './brand.tsx';
import classes from './notice.module.css';

interface NoticeProps {
  title: string;
  text: string;
  /** True if it is a part of the page's `main` element. */
  isWithinMain?: boolean;
  /** The next action: a link or a button of `noticeAction`. */
  children: ReactNode;
}

/** The class of the action of a notice. */
export const noticeAction = classes['action'] ?? '';

/**
 * A page with a single message. Every page names the code of the one for errors and of the one for unknown paths, so it
 * consists of plain elements.
 */
export function Notice({ title, text, isWithinMain = false, children }: NoticeProps) {
  const Root = isWithinMain ? 'div' : 'main';
  return (
    <Root className={classes['notice']}>
      <Mark size={40} />
      <h1 className={classes['title']}>{title}</h1>
      <p className={classes['text']}>{text}</p>
      {children}
    </Root>
  );
}
