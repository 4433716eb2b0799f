const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const WEEK_DAYS = 7;

/** The fields of a chat that decide on its group. */
interface Dated {
  pinned: boolean;
  activeAt: Date;
}

export interface Group<Chat> {
  title: string;
  items: Chat[];
}

/** Returns how many minutes the reader's clock is ahead of UTC at a time. */
export type Clock = (date: Date) => number;

export const UTC: Clock = () => 0;
/** The clock of the browser. */
export const LOCAL: Clock = (date) => -date.getTimezoneOffset();

/** Returns the date whose fields in UTC are those of the reader's clock at `date`. */
const read = (clock: Clock, date: Date) => new Date(date.getTime() + clock(date) * MINUTE_MS);
const dayOf = (date: Date) => Math.floor(date.getTime() / DAY_MS);

function titleOf(active: Date, now: Date): string {
  const days = dayOf(now) - dayOf(active);
  if (days <= 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days <= WEEK_DAYS) return 'Previous 7 days';
  const isThisYear = active.getUTCFullYear() === now.getUTCFullYear();
  return active.toLocaleDateString('en', {
    timeZone: 'UTC',
    month: 'long',
    ...(!isThisYear && { year: 'numeric' }),
  });
}

/**
 * Groups chats by their last activity: pinned ones, today, yesterday, the previous 7 days, then months, newest first.
 * @param now the time that counts as today.
 * @param clock the clock of the reader, which decides when a day begins.
 */
export function groupChats<Chat extends Dated>(
  chats: readonly Chat[],
  now: Date,
  clock: Clock,
): Group<Chat>[] {
  const today = read(clock, now);
  const pinned = chats.filter((chat) => chat.pinned);
  const groups: Group<Chat>[] = pinned.length > 0 ? [{ title: 'Pinned', items: pinned }] : [];
  const others = chats.filter((chat) => !chat.pinned);
  // A chat that was pinned until now is still among the first.
  for (const chat of others.toSorted((a, b) => b.activeAt.getTime() - a.activeAt.getTime())) {
    const title = titleOf(read(clock, chat.activeAt), today);
    const last = groups.at(-1);
    if (last?.title === title) last.items.push(chat);
    else groups.push({ title, items: [chat] });
  }
  return groups;
}
