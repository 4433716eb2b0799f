import type { ReactNode } from 'react';
import { useTranslations } from '#texts';
import type { SectionId } from './sections.ts';
import classes from './settings.module.css';

/** A group of sections. */
export function SettingsGroup({ id, children }: { id: SectionId; children: ReactNode }) {
  const t = useTranslations('sections');
  return (
    <div>
      <h2 id={id} data-settings-group className={classes['group']}>
        {t(id)}
      </h2>
      <div className={classes['sections']}>{children}</div>
    </div>
  );
}
