'use client';

import { useEffect } from 'react';
import type { MarkdownProps } from './markdown.tsx';
import classes from './markdown.module.css';
import { onDemand } from './on-demand.ts';

const markdown = onDemand<MarkdownProps>(() => import('./markdown.tsx').then((module) => module.Markdown));

/** Loads the code for Markdown. If that fails, it tries again when the browser is online. */
export function loadMarkdown(): void {
  markdown.load().catch(() => window.addEventListener('online', loadMarkdown, { once: true }));
}

/** The Markdown of an answer that the server has not rendered. Until the code for it is loaded, it is plain text. */
export function LazyMarkdown(props: MarkdownProps) {
  useEffect(loadMarkdown, []);
  const fallback = (
    <div className={classes['prose']}>
      <div className={classes['plain']} dir="auto">
        {props.children}
      </div>
    </div>
  );
  return <markdown.View props={props} fallback={fallback} />;
}
