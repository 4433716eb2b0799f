import { MAX_DETAIL_BYTES, MAX_ISSUES, MAX_ISSUES_BYTES } from '../limits.ts';
import type { ErrorIssue } from './catalogue.ts';

/** What one of several issues may take, so that one does not use up the place of all. */
const MAX_POINTER_BYTES = 250;
const MAX_MESSAGE_BYTES = 350;
/** What is kept free for the line that counts the issues that are left out. */
const REST_BYTES = 100;

const jsonBytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/**
 * Cuts text that an error repeats of what was sent. The cost depends on `bytes`, not on the length of the text.
 * @param bytes how many the text may take as JSON in UTF-8, without its quotes; 8 or more.
 */
export function cutText(text: string, bytes: number): string {
  if (text.length <= bytes && jsonBytes(text) - 2 <= bytes) return text;
  let kept = text.slice(0, bytes).toWellFormed();
  // The mark takes three bytes. Each step removes a share of what is too much, so there are few of them.
  for (let size = jsonBytes(kept) - 2; size > bytes - 3; size = jsonBytes(kept) - 2) {
    kept = kept.slice(0, Math.floor((kept.length * (bytes - 3)) / size)).toWellFormed();
  }
  return `${kept}…`;
}

/** The text of an error's `detail`. */
export const cutDetail = (detail: string): string => cutText(detail, MAX_DETAIL_BYTES);

/**
 * The issues that an error shows: as many as its size allows, then one that says how many more there are. Only those that
 * are shown are made, so the cost does not grow with their number. A list that was cut before stays as it is.
 * @param items what the issues are made of, in order.
 */
export function issuesOf<T>(items: readonly T[], toIssue: (item: T) => ErrorIssue): ErrorIssue[] {
  const shown: ErrorIssue[] = [];
  const sizes: number[] = [];
  let size = 0;
  for (const item of items.slice(0, MAX_ISSUES)) {
    const { pointer, message } = toIssue(item);
    const issue = {
      pointer: cutText(pointer, MAX_POINTER_BYTES),
      message: cutText(message, MAX_MESSAGE_BYTES),
    };
    const bytes = jsonBytes(issue) + 1;
    if (size + bytes > MAX_ISSUES_BYTES) break;
    shown.push(issue);
    sizes.push(bytes);
    size += bytes;
  }
  if (shown.length === items.length) return shown;
  while (shown.length === MAX_ISSUES || size > MAX_ISSUES_BYTES - REST_BYTES) {
    shown.pop();
    size -= sizes.pop() ?? 0;
  }
  const more = items.length - shown.length;
  return [...shown, { pointer: '', message: `and ${more} more ${more === 1 ? 'issue' : 'issues'}` }];
}

const escapeKey = (key: string) =>
  cutText(key, MAX_POINTER_BYTES).replaceAll('~', '~0').replaceAll('/', '~1');

/** The JSON Pointer (RFC 6901) to a place in the input; it breaks off where it gets too long to be shown. */
export function pointerTo(path: readonly PropertyKey[]): string {
  let pointer = '';
  for (const key of path) {
    pointer += `/${escapeKey(String(key))}`;
    if (pointer.length > MAX_POINTER_BYTES) break;
  }
  return pointer;
}
