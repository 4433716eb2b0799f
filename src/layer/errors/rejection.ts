import { runtime } from '#runtime';
import { MAX_DETAIL_BYTES, MAX_ISSUES, MAX_ISSUES_BYTES } from '../limits.ts';
import type { ErrorIssue } from './catalog.ts';

/** The maximum sizes of one of several issues, so that one issue does not use the space of all. */
const MAX_POINTER_BYTES = 250;
const MAX_MESSAGE_BYTES = 350;
/** The space for the last issue, which has the number of omitted issues. */
const REST_BYTES = 100;

const jsonBytes = (value: unknown): number => runtime.byteLength(JSON.stringify(value));

/**
 * Cuts a text to a size, such as a part of the input in an error. The cost depends on `bytes`, not on the length of the
 * text.
 * @param bytes the maximum size of the result as JSON in UTF-8, without its quotes; 8 or more.
 * @returns the text if it fits, or its well-formed beginning with `…` at the end.
 */
export function cutText(text: string, bytes: number): string {
  if (text.length <= bytes && jsonBytes(text) - 2 <= bytes) return text;
  let kept = text.slice(0, bytes).toWellFormed();
  // The ellipsis takes three bytes. Each step removes a share of the excess, so there are few steps.
  for (let size = jsonBytes(kept) - 2; size > bytes - 3; size = jsonBytes(kept) - 2) {
    kept = kept.slice(0, Math.floor((kept.length * (bytes - 3)) / size)).toWellFormed();
  }
  return `${kept}…`;
}

/** Cuts the `detail` of an error to its maximum size. */
export const cutDetail = (detail: string): string => cutText(detail, MAX_DETAIL_BYTES);

/**
 * Returns the issues that an error shows: at most 20, with at most 1,600 bytes of JSON. If there are more, the last
 * issue has the number of the others, and `''` as its pointer. Only shown issues are created, so the cost does not grow
 * with their number. A list that was already cut stays as it is.
 * @param items the sources of the issues, in order.
 * @param toIssue creates the issue of one item.
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

/**
 * Returns the JSON Pointer (RFC 6901) to a place in the input, such as `/items/0/title`; `''` for an empty path. A
 * pointer that is too long to be shown ends early.
 */
export function pointerTo(path: readonly PropertyKey[]): string {
  let pointer = '';
  for (const key of path) {
    pointer += `/${escapeKey(String(key))}`;
    if (pointer.length > MAX_POINTER_BYTES) break;
  }
  return pointer;
}
