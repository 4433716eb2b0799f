import { runtime } from '#runtime';

/**
 * Returns the strong entity tag (RFC 9110, section 8.8.3) of a body, with its quotes. It is the same on every runtime.
 */
export const etagOf = (text: string): string => `"${runtime.hashText(text)}"`;

/** The entity tags of a header; `any` for `*`. */
export type TagList = 'any' | { tag: string; weak: boolean }[];

const TAG = /(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;
const LIST = /^(W\/)?"[\x21\x23-\x7e\x80-\xff]*"([ \t]*,[ \t]*(W\/)?"[\x21\x23-\x7e\x80-\xff]*")*$/;

/** Returns the entity tags of an If-Match or If-None-Match header; `null` if it is not `*` or a list of tags. */
export function parseTags(value: string): TagList | null {
  if (value === '*') return 'any';
  if (!LIST.test(value)) return null;
  return [...value.matchAll(TAG)].map(([, weak, tag = '']) => ({
    tag: plain(tag),
    weak: weak !== undefined,
  }));
}

/** Returns the tag of the uncompressed body. A compressed body has its own tag for the same state. */
const plain = (tag: string) => tag.replace(/-(br|gzip)"$/, '"');

/** Returns the tag of a body in its compressed form, such as `"…-br"`. */
export const encodedTag = (tag: string, encoding: string): string => tag.replace(/"$/, `-${encoding}"`);

/** True if a list contains `tag`. Weak tags count only in a weak comparison (RFC 9110, section 8.8.3.2). */
export function names(list: TagList, tag: string, comparison: 'strong' | 'weak'): boolean {
  if (list === 'any') return true;
  return list.some((listed) => listed.tag === tag && (comparison === 'weak' || !listed.weak));
}
