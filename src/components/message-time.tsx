import classes from './message.module.css';

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Fills in the time of a message in the user's language and time zone, which the server does not know. */
function fill(element: HTMLTimeElement | null): void {
  if (!element) return;
  const date = new Date(element.dateTime);
  const isToday = date.toDateString() === new Date().toDateString();
  element.textContent = (isToday ? clock : day).format(date);
  element.title = day.format(date);
}

/** The time of a message: the time of day, and the date unless it is today. */
export function MessageTime({ date }: { date: Date | undefined }) {
  if (!date) return null;
  const iso = date.toISOString();
  return <time key={iso} ref={fill} className={classes['time']} dateTime={iso} />;
}
