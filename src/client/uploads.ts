import { useCallback, useSyncExternalStore } from 'react';
import { type AttachedFile, isFile } from './kept-texts.ts';
import type { Place } from './drafts.ts';

/** A file in the composer: while it is uploaded, afterwards, or after a failure. */
export interface Upload {
  key: string;
  name: string;
  /** The sent share of the file, from 0 to 1. */
  progress: number;
  /** The stored file; null before the end of the upload. */
  file: AttachedFile | null;
  /** Why the upload failed. */
  failure: string | null;
}

const NONE: readonly Upload[] = [];
/** The files of each composer. They are kept while the user goes from chat to chat. */
const uploads = new Map<string, readonly Upload[]>();
const listeners = new Set<() => void>();
const running = new Map<string, XMLHttpRequest>();

const keyOf = ({ userId, chatId }: Place) => `${userId}:${chatId ?? ''}`;
const read = (place: Place) => uploads.get(keyOf(place)) ?? NONE;

function change(place: Place, next: (files: readonly Upload[]) => readonly Upload[]): void {
  uploads.set(keyOf(place), next(read(place)));
  listeners.forEach((listener) => listener());
}

const update = (place: Place, key: string, fields: Partial<Upload>) =>
  change(place, (files) => files.map((file) => (file.key === key ? { ...file, ...fields } : file)));

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Returns the detail of a problem document. */
function detailOf(body: unknown): string | null {
  const detail = typeof body === 'object' && body !== null && 'detail' in body ? body.detail : null;
  return typeof detail === 'string' ? detail : null;
}

/** Reads the response to an upload: a file, or a problem document. */
function readResponse(text: string): { file: AttachedFile } | { failure: string } {
  try {
    const body: unknown = JSON.parse(text);
    if (isFile(body)) {
      const { id, filename, mediaType, url } = body;
      return { file: { id, filename, mediaType, url } };
    }
    const detail = detailOf(body);
    if (detail !== null) return { failure: detail.replace(/^file: /, 'The file ') };
  } catch {
    // Not the server's own response.
  }
  return { failure: 'The upload failed.' };
}

/** Uploads a file. XMLHttpRequest, because fetch reports no progress of what it sends. */
function start(place: Place, key: string, content: File): void {
  const request = new XMLHttpRequest();
  running.set(key, request);
  request.open('POST', '/api/v1/files');
  request.setRequestHeader('idempotency-key', key);
  request.upload.onprogress = ({ loaded, total }) => update(place, key, { progress: loaded / total });
  request.onloadend = () => {
    running.delete(key);
    if (request.status === 0) update(place, key, { failure: 'The connection was lost.' });
    else update(place, key, readResponse(request.responseText));
  };
  const form = new FormData();
  form.append('file', content);
  request.send(form);
}

/** Uploads files for the next question of a chat. */
export function addFiles(place: Place, contents: readonly File[]): void {
  for (const content of contents) {
    const key = crypto.randomUUID();
    const upload = { key, name: content.name, progress: 0, file: null, failure: null };
    change(place, (files) => [...files, upload]);
    start(place, key, content);
  }
}

/** Removes a file from the composer. The server deletes a file that is not sent within a day. */
export function removeUpload(place: Place, key: string): void {
  change(place, (files) => files.filter((file) => file.key !== key));
  running.get(key)?.abort();
}

/** Takes the uploaded files out of the composer, to send them. */
export function takeFiles(place: Place): AttachedFile[] {
  const taken = read(place).flatMap(({ file }) => file ?? []);
  change(place, () => NONE);
  return taken;
}

/** Puts files back into the composer, of a question that was not sent. */
export function putBack(place: Place, returned: readonly AttachedFile[] = []): void {
  if (returned.length === 0) return;
  const known = returned.map((file) => ({
    key: file.id,
    name: file.filename,
    progress: 1,
    file,
    failure: null,
  }));
  change(place, (files) => [...known, ...files]);
}

/** Returns the files in the composer of a chat. */
export function useUploads(place: Place): readonly Upload[] {
  return useSyncExternalStore(
    subscribe,
    useCallback(() => read(place), [place]),
    () => NONE,
  );
}
