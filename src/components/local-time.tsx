'use client';

import { useMounted } from '@mantine/hooks';
import { useLocale } from '#texts';

interface LocalTimeProps {
  date: Date;
  /** True to show the time of day too. */
  withTime?: boolean;
}

/** A date in the language of the page and the user's time zone. The server renders it in UTC. */
export function LocalTime({ date, withTime = false }: LocalTimeProps) {
  const locale = useLocale();
  const isMounted = useMounted();
  const style: Intl.DateTimeFormatOptions = { dateStyle: 'medium', ...(withTime && { timeStyle: 'short' }) };
  const text = isMounted
    ? date.toLocaleString(locale, style)
    : date.toISOString().slice(0, withTime ? 16 : 10);
  return <time dateTime={date.toISOString()}>{text.replace('T', ' ')}</time>;
}
