/** `toJSON` of a date, such as `2026-01-31T09:30:00.123Z`. Dates outside the years 0 to 9999 are longer. */
const LENGTH = '2026-01-31T09:30:00.123Z'.length;
const ZERO = 0x30;
const DASH = 0x2d;
const COLON = 0x3a;
const DOT = 0x2e;
const T = 0x54;
const Z = 0x5a;
/** Every month has at least this many days. */
const DAYS = 28;
/** Stands for a character that is not a digit: larger than any valid part of a date. */
const NO_NUMBER = 1e6;

/**
 * Returns `new Date(text)`, in less than half the time if the text has the form of `Date.prototype.toJSON`.
 * Passes any other text to `Date`.
 */
export function readDate(text: string): Date {
  if (!hasForm(text)) return new Date(text);
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const ms = twoDigits(text, 20) * 10 + digit(text, 22);
  const isUsual =
    // Date.UTC reads the years 0 to 99 as 1900 to 1999.
    year >= 100 && year < NO_NUMBER && month >= 1 && month <= 12 && day >= 1 && day <= DAYS;
  if (!isUsual || hour > 23 || minute > 59 || second > 59 || ms > 999) return new Date(text);
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second, ms));
}

const hasForm = (text: string) =>
  text.length === LENGTH &&
  text.charCodeAt(4) === DASH &&
  text.charCodeAt(7) === DASH &&
  text.charCodeAt(10) === T &&
  text.charCodeAt(13) === COLON &&
  text.charCodeAt(16) === COLON &&
  text.charCodeAt(19) === DOT &&
  text.charCodeAt(23) === Z;

const twoDigits = (text: string, at: number) => digit(text, at) * 10 + digit(text, at + 1);

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : NO_NUMBER;
}
