import { useCallback } from 'react';
import { useLocale } from '#texts';
import classes from './message.module.css';
import { perLanguage } from './per-language.ts';
import { whenIdle } from './when-idle.ts';

const formatsIn = perLanguage((locale) => ({
  clock: new Intl.DateTimeFormat(locale, { timeStyle: 'short' }),
  day: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
}));

/** The elements whose time is still missing, and the languages of their pages. */
const empty = new Map<HTMLTimeElement, string>();

/** Fills in times in the user's time zone, which the server does not know. */
function fillAll(): void {
  const today = new Date().toDateString();
  for (const [element, locale] of empty) {
    const { clock, day } = formatsIn(locale);
    const date = new Date(element.dateTime);
    element.textContent = (date.toDateString() === today ? clock : day).format(date);
    element.title = day.format(date);
  }
  empty.clear();
}

/** Fills in the time of an element when the page is idle, because a page makes its first format for 20 ms. */
function fillSoon(element: HTMLTimeElement, locale: string): () => void {
  if (empty.size === 0) whenIdle(fillAll);
  empty.set(element, locale);
  return () => empty.delete(element);
}

/** The time of a message: the time of day, and the date unless it is today. */
export function MessageTime({ date }: { date: Date | undefined }) {
  const locale = useLocale();
  const ref = useCallback((element: HTMLTimeElement) => fillSoon(element, locale), [locale]);
  if (!date) return null;
  const iso = date.toISOString();
  return <time key={iso} ref={ref} className={classes['time']} dateTime={iso} />;
}
