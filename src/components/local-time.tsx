'use client';

import { useMounted } from '@mantine/hooks';

interface LocalTimeProps {
  date: Date;
  /** True to show the time of day too. */
  withTime?: boolean;
}

/** A date in the user's language and time zone. The server renders it in UTC. */
export function LocalTime({ date, withTime = false }: LocalTimeProps) {
  const isMounted = useMounted();
  const style: Intl.DateTimeFormatOptions = { dateStyle: 'medium', ...(withTime && { timeStyle: 'short' }) };
  const text = isMounted
    ? date.toLocaleString(undefined, style)
    : date.toISOString().slice(0, withTime ? 16 : 10);
  return <time dateTime={date.toISOString()}>{text.replace('T', ' ')}</time>;
}
