'use client';

import type { Outputs } from '#src/client/trpc.ts';
import { LocalTime } from '#src/components/local-time.tsx';
import { useTranslations } from '#texts';
import classes from './system.module.css';

type System = Outputs['protected']['system'];
type Finding = System['findings'][number];

export interface SystemReportProps {
  system: System;
}

/** The worst first. */
const ORDER = ['problem', 'warning', 'ok'] as const;

function FindingRow({ check, level, code, values, message }: Finding) {
  const t = useTranslations('system');
  return (
    <li className={classes['finding']}>
      <span className={classes['level']} data-level={level}>
        {t(`levels.${level}`)}
      </span>
      <strong>{t(`checks.${check}`)}</strong>
      {/* A newer server may have more codes. The values are those of the text, which types cannot tell. */}
      <span>{t.has(`findings.${code}`) ? t(`findings.${code}`, values as never) : message}</span>
    </li>
  );
}

function SettingRow({ name, value, source }: System['settings'][number]) {
  const t = useTranslations('system');
  return (
    <li className={classes['setting']}>
      <code translate="no">{name}</code>
      {value === null ? (
        <em>{t(source === 'default' ? 'none' : 'hidden')}</em>
      ) : (
        <span translate="no">{value}</span>
      )}
      <small>{t(`sources.${source}`)}</small>
    </li>
  );
}

/** What the checks of the installation have found, and all settings in effect. */
export function SystemReport({ system: { findings, settings, checkedAt } }: SystemReportProps) {
  const t = useTranslations('system');
  const sorted = ORDER.flatMap((level) => findings.filter((finding) => finding.level === level));
  return (
    <div>
      <p role="status" className={classes['time']}>
        {t.rich('checked', { time: () => <LocalTime date={checkedAt} withTime /> })}
      </p>
      <ul className={classes['list']}>
        {sorted.map((finding) => (
          <FindingRow key={`${finding.check} ${finding.message}`} {...finding} />
        ))}
      </ul>
      <details className={classes['settings']}>
        <summary>{t('settings')}</summary>
        <ul className={classes['list']}>
          {settings.map((setting) => (
            <SettingRow key={setting.name} {...setting} />
          ))}
        </ul>
      </details>
    </div>
  );
}
