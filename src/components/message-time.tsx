import { useCallback } from 'react';
import { useLocale } from '#texts';
import classes from './message.module.css';

interface Formats {
  clock: Intl.DateTimeFormat;
  day: Intl.DateTimeFormat;
}

const formats = new Map<string, Formats>();

/** Returns formats that are kept, because making one takes longer than using it. */
function formatsOf(locale: string): Formats {
  const known = formats.get(locale);
  if (known) return known;
  const made = {
    clock: new Intl.DateTimeFormat(locale, { timeStyle: 'short' }),
    day: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
  };
  formats.set(locale, made);
  return made;
}

/** Fills in the time of a message in the user's time zone, which the server does not know. */
function fill(element: HTMLTimeElement | null, locale: string): void {
  if (!element) return;
  const { clock, day } = formatsOf(locale);
  const date = new Date(element.dateTime);
  const isToday = date.toDateString() === new Date().toDateString();
  element.textContent = (isToday ? clock : day).format(date);
  element.title = day.format(date);
}

/** The time of a message: the time of day, and the date unless it is today. */
export function MessageTime({ date }: { date: Date | undefined }) {
  const locale = useLocale();
  const ref = useCallback((element: HTMLTimeElement | null) => fill(element, locale), [locale]);
  if (!date) return null;
  const iso = date.toISOString();
  return <time key={iso} ref={ref} className={classes['time']} dateTime={iso} />;
}
