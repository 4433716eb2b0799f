import { useCallback, useMemo, useSyncExternalStore } from 'react';
import type { ErrorCode } from '#contract/errors';
import { changeFiles, moveDraft, type Place, readFiles, useKeptFiles } from './drafts.ts';
import { isErrorData } from './errors.ts';
import { type AttachedFile, isFile } from './kept-texts.ts';
import { createListeners } from './listeners.ts';

/**
 * Why a file was not uploaded: no response, the server's error with its detail, or another response. `retryAt` is the time
 * from which the same upload may succeed, in milliseconds; null for now. Without it, it never does.
 */
export type UploadFailure = { retryAt?: number | null } & (
  { kind: 'lost' | 'failed' } | { kind: 'rejected'; code: ErrorCode; detail: string }
);

/** A file in the composer: while it is uploaded, afterwards, or after a failure. */
export interface Upload {
  key: string;
  name: string;
  /** The sent share of the file, from 0 to 1. */
  progress: number;
  /** The stored file; null before the end of the upload. */
  file: AttachedFile | null;
  failure: UploadFailure | null;
}

const NONE: readonly Upload[] = [];
/**
 * The files of each composer that this page uploads or has uploaded. Which of the uploaded ones are still in the composer
 * is part of its draft, which survives the page.
 */
const uploads = new Map<string, readonly Upload[]>();
const listeners = createListeners();
const running = new Map<string, XMLHttpRequest>();
/** The files that the server has not stored yet, to try again after a failure, and the composer that each is in. */
const pending = new Map<string, { place: Place; content: File }>();

const keyOf = ({ userId, chatId }: Place) => `${userId}:${chatId ?? ''}`;
const read = (place: Place) => uploads.get(keyOf(place)) ?? NONE;

function change(place: Place, next: (files: readonly Upload[]) => readonly Upload[]): void {
  uploads.set(keyOf(place), next(read(place)));
  listeners.notify();
}

const update = (place: Place, key: string, fields: Partial<Upload>) =>
  change(place, (files) => files.map((file) => (file.key === key ? { ...file, ...fields } : file)));

/** Reads the response to an upload: a file, or a problem document. */
function readResponse(text: string): { file: AttachedFile } | { failure: UploadFailure } {
  try {
    const body: unknown = JSON.parse(text);
    if (isFile(body)) {
      const { id, filename, mediaType, url } = body;
      return { file: { id, filename, mediaType, url } };
    }
    if (isErrorData(body)) {
      const { code, detail, retryable, retryAfter = 0 } = body;
      const retry = retryable && { retryAt: retryAfter === 0 ? null : Date.now() + retryAfter * 1000 };
      return { failure: { kind: 'rejected', code, detail, ...retry } };
    }
  } catch {
    // Not the server's own response.
  }
  return { failure: { kind: 'failed', retryAt: null } };
}

/**
 * Uploads a file. XMLHttpRequest, because fetch reports no progress of what it sends. The server stores a file only once
 * for each key.
 */
function start(key: string): void {
  const upload = pending.get(key);
  if (!upload || running.has(key)) return;
  const request = new XMLHttpRequest();
  running.set(key, request);
  request.open('POST', '/api/v1/files');
  request.setRequestHeader('idempotency-key', key);
  request.upload.onprogress = ({ loaded, total }) => update(upload.place, key, { progress: loaded / total });
  request.onloadend = () => {
    running.delete(key);
    if (!pending.has(key)) return;
    const result =
      request.status === 0
        ? { failure: { kind: 'lost' as const, retryAt: null } }
        : readResponse(request.responseText);
    if ('file' in result) {
      pending.delete(key);
      changeFiles(upload.place, (files) => [...files, result.file]);
    }
    update(upload.place, key, result);
  };
  const form = new FormData();
  form.append('file', upload.content);
  request.send(form);
}

/** Uploads files for the next question of a chat. */
export function addFiles(place: Place, contents: readonly File[]): void {
  for (const content of contents) {
    const key = crypto.randomUUID();
    const upload = { key, name: content.name, progress: 0, file: null, failure: null };
    change(place, (files) => [...files, upload]);
    pending.set(key, { place, content });
    start(key);
  }
}

/** Uploads a file again after a failure. */
export function retryUpload(place: Place, key: string): void {
  update(place, key, { progress: 0, failure: null });
  start(key);
}

/** Joins the files of this page, in their order, and those that are in the composer from before. */
function join(own: readonly Upload[], kept: readonly AttachedFile[]): readonly Upload[] {
  const earlier = kept.filter(({ id }) => !own.some(({ file }) => file?.id === id));
  return [
    ...earlier.map((file) => ({ key: file.id, name: file.filename, progress: 1, file, failure: null })),
    ...own.filter(({ file }) => file === null || kept.some(({ id }) => id === file.id)),
  ];
}

const inComposer = (place: Place) => join(read(place), readFiles(place));

/** Removes a file from the composer. The server deletes a file that is not sent within a day. */
export function removeUpload(place: Place, key: string): void {
  const removed = inComposer(place).find((upload) => upload.key === key)?.file;
  if (removed) changeFiles(place, (files) => files.filter(({ id }) => id !== removed.id));
  change(place, (files) => files.filter((file) => file.key !== key));
  pending.delete(key);
  running.get(key)?.abort();
}

/** Takes the uploaded files out of the composer, to send them. A file that was not uploaded stays, with its failure. */
export function takeFiles(place: Place): AttachedFile[] {
  const taken = inComposer(place).flatMap(({ file }) => file ?? []);
  change(place, (files) => files.filter(({ file }) => file === null));
  changeFiles(place, () => []);
  return taken;
}

/** Puts files back into the composer, of a question that was not sent. */
export function putBack(place: Place, returned: readonly AttachedFile[] = []): void {
  if (returned.length > 0) changeFiles(place, (files) => [...returned, ...files]);
}

/** Moves the draft of a composer, with its files, to the chat that was created meanwhile. */
export function moveComposer(from: Place, to: Place): void {
  const moved = read(from);
  change(from, () => NONE);
  change(to, (files) => [...moved, ...files]);
  for (const { key } of moved) {
    const upload = pending.get(key);
    if (upload) upload.place = to;
  }
  moveDraft(from, to);
}

/** Returns the files in the composer of a chat. */
export function useUploads(place: Place): readonly Upload[] {
  const kept = useKeptFiles(place);
  const own = useSyncExternalStore(
    listeners.subscribe,
    useCallback(() => read(place), [place]),
    () => NONE,
  );
  return useMemo(() => join(own, kept), [own, kept]);
}
