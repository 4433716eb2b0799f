'use client';

import { useScrollSpy } from '@mantine/hooks';
import Link from 'next/link';
import { useTranslations } from '#texts';
import type { SectionId } from './sections.ts';
import classes from './settings.module.css';

/** The distance of the place where reading begins from the top of the window, in pixels. */
const READING_PX = 120;

/** Links to the groups of the settings, with a mark on the one that is being read. */
export function SettingsNav({ groups }: { groups: readonly SectionId[] }) {
  const t = useTranslations('settings');
  const tSections = useTranslations('sections');
  const { active } = useScrollSpy({ selector: '[data-settings-group]', offset: READING_PX });
  return (
    <nav aria-label={t('title')} className={classes['nav']}>
      {groups.map((id, index) => (
        <Link
          key={id}
          href={`#${id}`}
          prefetch={false}
          className={classes['link']}
          aria-current={index === active ? 'location' : undefined}
        >
          {tSections(id)}
        </Link>
      ))}
    </nav>
  );
}
