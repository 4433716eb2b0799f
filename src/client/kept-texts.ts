/** A file that was uploaded for a question. */
export interface AttachedFile {
  id: string;
  filename: string;
  mediaType: string;
  url: string;
}

/** A question of the user. */
export interface Question {
  /** The id of the request. With it, the server accepts a question only once. */
  id: string;
  text: string;
  /** Its files, if it has any. */
  files?: AttachedFile[];
}

/** Why the server does not have a question. */
export interface SendFailure {
  /** The code of the server's error, or another reason. Missing if an earlier version has kept the question. */
  code?: string;
  /** The words of the server, which are in English; empty for other reasons. */
  message: string;
  /** The time from which a retry makes sense, in milliseconds; null for now. */
  retryAt: number | null;
}

/** A question that the server has not accepted. */
export interface UnsentQuestion extends Question {
  /** Null while it is being sent. */
  failure: SendFailure | null;
}

/** A question that is sent after the answer in progress. */
export interface QueuedQuestion extends Question {
  /** True if it must not be sent automatically, because the answer before it did not end normally. */
  isHeld: boolean;
}

/** The questions of a chat that only this browser has. */
export interface Outbox {
  /** The questions that the server has not accepted, oldest first. */
  unsent: UnsentQuestion[];
  /** The question to send when the answer in progress ends. */
  queued: QueuedQuestion | null;
}

/** The texts of a chat that are kept in the browser's storage. */
export interface Kept {
  savedAt: number;
  /** The text in the composer. */
  draft: string;
  /** The uploaded files in the composer, if there are any. */
  files?: AttachedFile[];
  outbox: Outbox;
}

type Fields = Record<string, unknown>;

const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const FILE_FIELDS = ['id', 'filename', 'mediaType', 'url'];

/** True if a value has the fields of a file. */
export const isFile = (value: unknown): value is AttachedFile =>
  isRecord(value) && FILE_FIELDS.every((name) => typeof value[name] === 'string');
const hasFilesOrNone = ({ files }: Fields): boolean =>
  files === undefined || (Array.isArray(files) && files.every(isFile));
const isQuestion = (value: unknown): value is Fields =>
  isRecord(value) &&
  typeof value['id'] === 'string' &&
  typeof value['text'] === 'string' &&
  hasFilesOrNone(value);

const isFailure = (value: unknown): boolean =>
  isRecord(value) &&
  (value['code'] === undefined || typeof value['code'] === 'string') &&
  typeof value['message'] === 'string' &&
  (value['retryAt'] === null || typeof value['retryAt'] === 'number');

const isUnsent = (value: unknown): boolean =>
  isQuestion(value) && (value['failure'] === null || isFailure(value['failure']));

const isOutbox = (value: unknown): boolean =>
  isRecord(value) &&
  Array.isArray(value['unsent']) &&
  value['unsent'].every(isUnsent) &&
  (value['queued'] === null ||
    (isQuestion(value['queued']) && typeof value['queued']['isHeld'] === 'boolean'));

const isKept = (value: unknown): value is Kept =>
  isRecord(value) &&
  typeof value['savedAt'] === 'number' &&
  typeof value['draft'] === 'string' &&
  hasFilesOrNone(value) &&
  isOutbox(value['outbox']);

/**
 * Reads stored texts. Returns `null` if there are none, or if another version of the product has written them. A schema
 * of zod would add 20 kB to the pages.
 */
export function parseKept(json: string | null): Kept | null {
  if (json === null) return null;
  try {
    const value: unknown = JSON.parse(json);
    return isKept(value) ? value : null;
  } catch {
    return null;
  }
}
