import { useCallback, useSyncExternalStore } from 'react';
import { PRODUCT } from '#contract/product';
import { type AttachedFile, type Kept, type Outbox, parseKept } from './kept-texts.ts';

export type { AttachedFile, Question, SendFailure, UnsentQuestion } from './kept-texts.ts';

/** The chats of an account whose texts are kept: those with unsent questions, and those changed last. */
const MAX_CHATS = 50;
/** The maximum size of the texts of a chat in the browser's storage, which holds about 5 million characters per site. */
const MAX_CHARACTERS = 2_000_000;
/** The pause in typing after which a draft is stored, in milliseconds. It is also stored when the page is left. */
const TYPING_PAUSE_MS = 300;
/** The time after which the server deletes a file that was not sent, in milliseconds. */
const FILES_KEPT_MS = 24 * 60 * 60 * 1000;

/** The place of texts: a chat of an account, or its new chat. */
export interface Place {
  userId: string;
  /** Null for the chat that the next question creates. */
  chatId: string | null;
}

const NO_FILES: readonly AttachedFile[] = [];
const NOTHING: Kept = { savedAt: 0, draft: '', outbox: { unsent: [], queued: null } };

const prefixOf = (userId: string) => `${PRODUCT.slug}:drafts:${userId}:`;
const keyOf = ({ userId, chatId }: Place) => `${prefixOf(userId)}${chatId ?? ''}`;

/** The texts by key. Without the browser's storage, this is the only place that has them. */
const cache = new Map<string, Kept>();
const listeners = new Map<string, Set<() => void>>();
/** The keys of drafts that are not stored yet. */
const unsaved = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Returns the browser's storage, or `null` if the user has disabled it. */
function findStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function read(key: string): Kept {
  const known = cache.get(key);
  if (known) return known;
  const { files, ...texts } = parseKept(findStorage()?.getItem(key) ?? null) ?? NOTHING;
  const areStored = files && Date.now() - texts.savedAt < FILES_KEPT_MS;
  const kept = areStored ? { ...texts, files } : texts;
  cache.set(key, kept);
  return kept;
}

function notify(key: string): void {
  listeners.get(key)?.forEach((listener) => listener());
}

const storedKeys = (storage: Storage, prefix: string): string[] =>
  Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '').filter((key) =>
    key.startsWith(prefix),
  );

/** Removes the draft that was changed first, of a chat without unsent questions. @returns false if there is none. */
function removeOldest(storage: Storage, keys: readonly string[]): boolean {
  const [oldest] = keys
    .map((key) => ({ key, ...(parseKept(storage.getItem(key)) ?? NOTHING) }))
    .filter(({ outbox }) => outbox.unsent.length === 0 && outbox.queued === null)
    .sort((a, b) => a.savedAt - b.savedAt);
  if (oldest) storage.removeItem(oldest.key);
  return oldest !== undefined;
}

/** Stores an item. If that is not possible, the texts stay in the cache until the page is closed. */
function write(storage: Storage, key: string, json: string): void {
  const prefix = key.slice(0, key.lastIndexOf(':') + 1);
  const others = () => storedKeys(storage, prefix).filter((other) => other !== key);
  if (others().length >= MAX_CHATS) removeOldest(storage, others());
  for (;;) {
    try {
      storage.setItem(key, json);
      return;
    } catch {
      // The storage is full.
      if (!removeOldest(storage, others())) return;
    }
  }
}

function save(key: string): void {
  unsaved.delete(key);
  const storage = findStorage();
  const kept = cache.get(key);
  if (!storage || !kept) return;
  const { draft, files, outbox } = kept;
  if (draft === '' && !files && outbox.unsent.length === 0 && outbox.queued === null) {
    storage.removeItem(key);
    return;
  }
  const json = JSON.stringify({
    savedAt: Date.now(),
    draft,
    ...(files && { files }),
    outbox,
  } satisfies Kept);
  if (json.length <= MAX_CHARACTERS) write(storage, key, json);
}

function saveAll(): void {
  clearTimeout(timer);
  timer = undefined;
  unsaved.forEach(save);
}

/** Takes over a change of another tab. */
function onStorage({ key, newValue }: StorageEvent): void {
  for (const known of key === null ? [...cache.keys()] : [key]) {
    const before = cache.get(known);
    if (!before) continue;
    const kept = parseKept(newValue) ?? NOTHING;
    cache.set(known, unsaved.has(known) ? { ...kept, draft: before.draft } : kept);
    notify(known);
  }
}

let isWatching = false;

/** Saves drafts before the page is left, and follows other tabs. */
function watch(): void {
  if (isWatching) return;
  isWatching = true;
  window.addEventListener('storage', onStorage);
  window.addEventListener('pagehide', saveAll);
  document.addEventListener('visibilitychange', saveAll);
}

function subscribe(key: string, listener: () => void): () => void {
  watch();
  const all = listeners.get(key) ?? new Set();
  listeners.set(key, all.add(listener));
  return () => all.delete(listener);
}

/** Changes the draft of a chat: the text in its composer. */
export function changeDraft(place: Place, change: (draft: string) => string): void {
  const key = keyOf(place);
  const kept = read(key);
  cache.set(key, { ...kept, draft: change(kept.draft) });
  unsaved.add(key);
  timer ??= setTimeout(saveAll, TYPING_PAUSE_MS);
  notify(key);
}

/**
 * Changes the questions of a chat that only this browser has. They are stored immediately.
 * @param change returns the same object if there is nothing to change.
 */
export function changeOutbox(place: Place, change: (outbox: Outbox) => Outbox): void {
  const key = keyOf(place);
  const kept = read(key);
  const outbox = change(kept.outbox);
  if (outbox === kept.outbox) return;
  cache.set(key, { ...kept, outbox });
  save(key);
  notify(key);
}

/** Returns the uploaded files in the composer of a chat. */
export const readFiles = (place: Place): readonly AttachedFile[] => read(keyOf(place)).files ?? NO_FILES;

/** Changes the uploaded files in the composer of a chat. They are stored immediately. */
export function changeFiles(
  place: Place,
  change: (files: readonly AttachedFile[]) => readonly AttachedFile[],
): void {
  const key = keyOf(place);
  const { files: before = NO_FILES, ...kept } = read(key);
  const files = change(before);
  if (files === before) return;
  cache.set(key, files.length === 0 ? kept : { ...kept, files: [...files] });
  save(key);
  notify(key);
}

/** Moves a draft with its files to the chat that was created while its user typed. */
export function moveDraft(from: Place, to: Place): void {
  const { draft, files = [] } = read(keyOf(from));
  if (draft !== '') {
    changeDraft(to, (before) => joinTexts(draft, before));
    changeDraft(from, () => '');
  }
  if (files.length > 0) {
    changeFiles(to, (before) => [...files, ...before]);
    changeFiles(from, () => []);
  }
}

/** Joins two texts by an empty line. */
export function joinTexts(first: string, second: string): string {
  return [first, second].filter((text) => text.trim() !== '').join('\n\n');
}

const keysOfAccount = (storage: Storage | null, userId: string): string[] => {
  const prefix = prefixOf(userId);
  const cached = [...cache.keys()].filter((key) => key.startsWith(prefix));
  return [...new Set([...cached, ...(storage ? storedKeys(storage, prefix) : [])])];
};

/** Deletes all texts of an account from this browser, because its user signs out. */
export function forgetTexts(userId: string): void {
  const storage = findStorage();
  for (const key of keysOfAccount(storage, userId)) {
    unsaved.delete(key);
    cache.set(key, NOTHING);
    storage?.removeItem(key);
    notify(key);
  }
}

/** Gives the texts of a guest to the account that takes over the guest's chats. */
export function adoptTexts(guestId: string, userId: string): void {
  saveAll();
  for (const key of keysOfAccount(findStorage(), guestId)) {
    const chatId = key.slice(prefixOf(guestId).length);
    const to = { userId, chatId: chatId === '' ? null : chatId };
    const { draft, files = [], outbox } = read(key);
    changeDraft(to, (before) => joinTexts(draft, before));
    changeFiles(to, (before) => [...before, ...files]);
    changeOutbox(to, ({ unsent, queued }) => ({
      unsent: [...unsent, ...outbox.unsent],
      queued: queued ?? outbox.queued,
    }));
  }
  forgetTexts(guestId);
}

/** Returns the draft of a chat, also after it has changed in another tab. Empty while the server renders. */
export function useDraft(place: Place): string {
  const key = keyOf(place);
  return useSyncExternalStore(
    useCallback((listener) => subscribe(key, listener), [key]),
    () => read(key).draft,
    () => NOTHING.draft,
  );
}

/** Returns the uploaded files in the composer of a chat. It is the same array until they change. */
export function useKeptFiles(place: Place): readonly AttachedFile[] {
  const key = keyOf(place);
  return useSyncExternalStore(
    useCallback((listener) => subscribe(key, listener), [key]),
    () => read(key).files ?? NO_FILES,
    () => NO_FILES,
  );
}

/** Returns the questions of a chat that only this browser has. It is the same object until they change. */
export function useKeptOutbox(place: Place): Outbox {
  const key = keyOf(place);
  return useSyncExternalStore(
    useCallback((listener) => subscribe(key, listener), [key]),
    () => read(key).outbox,
    () => NOTHING.outbox,
  );
}
