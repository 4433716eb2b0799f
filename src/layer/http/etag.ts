import { hash } from 'node:crypto';

/** The strong entity tag (RFC 9110, section 8.8.3) of a body. */
export const etagOf = (text: string): string => `"${hash('sha256', text, 'base64url')}"`;

/** Entity tags from a header; `any` for `*`. */
export type TagList = 'any' | { tag: string; weak: boolean }[];

const TAG = /(W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;
const LIST = /^(W\/)?"[\x21\x23-\x7e\x80-\xff]*"([ \t]*,[ \t]*(W\/)?"[\x21\x23-\x7e\x80-\xff]*")*$/;

/** The entity tags of an If-Match or If-None-Match header; `null` where it is not a list of them. */
export function parseTags(value: string): TagList | null {
  if (value === '*') return 'any';
  if (!LIST.test(value)) return null;
  return [...value.matchAll(TAG)].map(([, weak, tag = '']) => ({
    tag: plain(tag),
    weak: weak !== undefined,
  }));
}

/** A compressed body has a tag of its own, which stands for the same state. */
const plain = (tag: string) => tag.replace(/-(br|gzip)"$/, '"');

/** The tag of the compressed form of what `tag` is of. */
export const encodedTag = (tag: string, encoding: string): string => tag.replace(/"$/, `-${encoding}"`);

/** Whether a list names `tag`; a weak one counts when that is enough for the purpose (RFC 9110, section 8.8.3.2). */
export function names(list: TagList, tag: string, comparison: 'strong' | 'weak'): boolean {
  if (list === 'any') return true;
  return list.some((listed) => listed.tag === tag && (comparison === 'weak' || !listed.weak));
}
