'use client';

import { useScrollSpy } from '@mantine/hooks';
import Link from 'next/link';
import { anchorOf } from '#src/components/anchor.ts';
import classes from './settings.module.css';

/** The distance of the place where reading begins from the top of the window, in pixels. */
const READING_PX = 120;

/** Links to the groups of the settings, with a mark on the one that is being read. */
export function SettingsNav({ titles }: { titles: readonly string[] }) {
  const { active } = useScrollSpy({ selector: '[data-settings-group]', offset: READING_PX });
  return (
    <nav aria-label="Settings" className={classes['nav']}>
      {titles.map((title, index) => (
        <Link
          key={title}
          href={`#${anchorOf(title)}`}
          prefetch={false}
          className={classes['link']}
          aria-current={index === active ? 'location' : undefined}
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}
