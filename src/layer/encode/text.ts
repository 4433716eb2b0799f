/** Control characters, quotation marks, backslashes and surrogates, which may be unpaired. */
const ESCAPED = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;
const MS_PER_DAY = 86_400_000;
const MS_PER_MINUTE = 60_000;
const MS_PER_SECOND = 1000;
const MINUTES_PER_HOUR = 60;
const MAX_DAYS = 1000;

const digits = (count: number, length: number) =>
  Array.from({ length: count }, (_, value) => String(value).padStart(length, '0'));
const TWO = digits(MINUTES_PER_HOUR, 2);
const MINUTES = digits(24, 2).flatMap((hour) => TWO.map((minute) => `T${hour}:${minute}:`));
const MILLISECONDS = digits(MS_PER_SECOND, 3).map((value) => `.${value}Z`);

/** Recently written days, such as 2026-01-31, by their number since 1970. Cleared when it is full. */
const days = new Map<number, string>();

/** Returns `JSON.stringify(text)`. */
export function quote(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/**
 * Returns `toISOString()` of a valid date. In V8 that takes 0.4 µs, most of the time for writing a row. Combining the
 * text from tables takes a sixth of that.
 * @param time milliseconds since 1970, not `NaN`.
 */
export function isoTime(time: number): string {
  const day = Math.floor(time / MS_PER_DAY);
  const rest = time - day * MS_PER_DAY;
  const second = Math.floor((rest % MS_PER_MINUTE) / MS_PER_SECOND);
  return `${isoDay(day)}${MINUTES[Math.floor(rest / MS_PER_MINUTE)]}${TWO[second]}${MILLISECONDS[rest % MS_PER_SECOND]}`;
}

function isoDay(day: number): string {
  const known = days.get(day);
  if (known !== undefined) return known;
  if (days.size >= MAX_DAYS) days.clear();
  const [text = ''] = new Date(day * MS_PER_DAY).toISOString().split('T');
  days.set(day, text);
  return text;
}
