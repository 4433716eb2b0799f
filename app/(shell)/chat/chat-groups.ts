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

/** The titles of groups in the language of the page. */
export interface GroupTitles {
  pinned: string;
  today: string;
  yesterday: string;
  previousWeek: string;
  /** Returns the month of a date in UTC, with the year unless it is this one. */
  monthOf: (date: Date, isThisYear: boolean) => string;
}

function titleOf(active: Date, now: Date, titles: GroupTitles): string {
  const days = dayOf(now) - dayOf(active);
  if (days <= 0) return titles.today;
  if (days === 1) return titles.yesterday;
  if (days <= WEEK_DAYS) return titles.previousWeek;
  const isThisYear = active.getUTCFullYear() === now.getUTCFullYear();
  return titles.monthOf(active, isThisYear);
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
  titles: GroupTitles,
): Group<Chat>[] {
  const today = read(clock, now);
  const pinned = chats.filter((chat) => chat.pinned);
  const groups: Group<Chat>[] = pinned.length > 0 ? [{ title: titles.pinned, items: pinned }] : [];
  const others = chats.filter((chat) => !chat.pinned);
  /** The title of each day, because to format a date takes long. */
  const ofDays = new Map<number, string>();
  // A chat that was pinned until now is still among the first.
  for (const chat of others.toSorted((a, b) => b.activeAt.getTime() - a.activeAt.getTime())) {
    const day = dayOf(read(clock, chat.activeAt));
    const title = ofDays.get(day) ?? titleOf(read(clock, chat.activeAt), today, titles);
    ofDays.set(day, title);
    const last = groups.at(-1);
    if (last?.title === title) last.items.push(chat);
    else groups.push({ title, items: [chat] });
  }
  return groups;
}
