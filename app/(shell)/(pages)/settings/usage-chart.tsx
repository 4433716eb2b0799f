'use client';

import { useMounted } from '@mantine/hooks';
import { useLocale, useTranslations } from '#texts';
import { type DayOfUsage, tokensOf } from './usage-days.ts';
import classes from './usage.module.css';

/** A quota above this multiple of the busiest day would make all bars too low to compare. */
const MAX_HEADROOM = 4;

/** The units of the drawing, which is stretched to the width of the page. */
const HEIGHT = 100;
const STEP = 10;
const GAP = 2;

interface UsageChartProps {
  /** All days, oldest first. */
  days: readonly DayOfUsage[];
  /** The tokens allowed for a day, or null if there is no limit. */
  quota: number | null;
  /** Describes the drawing for those who cannot see it. */
  label: string;
}

/** Returns a function that writes a day in the language of the page. The server writes it as it is. */
export function useDayFormat(): (day: string) => string {
  const locale = useLocale();
  const isMounted = useMounted();
  return (day) =>
    isMounted
      ? new Date(day).toLocaleDateString(locale, { timeZone: 'UTC', day: 'numeric', month: 'short' })
      : day;
}

/** Bars of the tokens of each day, with a line for the quota if it is near. */
export function UsageChart({ days, quota, label }: UsageChartProps) {
  const t = useTranslations('settings.usage');
  const format = useDayFormat();
  const most = Math.max(1, ...days.map(tokensOf));
  const showsQuota = quota !== null && quota <= most * MAX_HEADROOM;
  const scale = HEIGHT / Math.max(most, showsQuota ? quota : 0);
  const width = days.length * STEP;
  const quotaY = HEIGHT - (quota ?? 0) * scale;
  return (
    <div>
      <svg
        className={classes['chart']}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {days.map((day, index) => {
          const [input, output] = [day.inputTokens * scale, day.outputTokens * scale];
          const bar = { x: index * STEP + GAP / 2, width: STEP - GAP };
          return (
            <g key={day.day}>
              <title>{t('day', { day: format(day.day), tokens: tokensOf(day) })}</title>
              <rect x={bar.x} width={bar.width} y={0} height={HEIGHT} className={classes['day']} />
              <rect {...bar} y={HEIGHT - input} height={input} className={classes['input']} />
              <rect {...bar} y={HEIGHT - input - output} height={output} className={classes['output']} />
            </g>
          );
        })}
        {showsQuota && <line x1={0} x2={width} y1={quotaY} y2={quotaY} className={classes['quota']} />}
      </svg>
      <div className={classes['axis']} aria-hidden>
        <time>{format(days[0]?.day ?? '')}</time>
        <time>{format(days.at(-1)?.day ?? '')}</time>
      </div>
      <ul className={classes['legend']} aria-hidden>
        <li data-kind="input">{t('read')}</li>
        <li data-kind="output">{t('written')}</li>
        {showsQuota && <li data-kind="quota">{t('dailyQuota')}</li>}
      </ul>
    </div>
  );
}
