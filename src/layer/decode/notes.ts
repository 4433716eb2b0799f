import type { ApiError } from '../errors/api-error.ts';
import { invalidInput } from '../errors/input.ts';
import { pointerTo } from '../errors/rejection.ts';
import { type Conversion, conversionOf } from './kinds.ts';
import { isContainer, keyIn, memberAt, parsePath } from './path.ts';
import { type Container, memberOf, type Place } from './place.ts';

/** A value of the JSON that is annotated or contains an annotated value. */
interface Note {
  json: unknown;
  place: Place;
  /** The container of the value, and the value's key in it. */
  holder: Note | undefined;
  key: string | number;
  conversion: Conversion | undefined;
}

/** The progress of checking the annotations of one input. */
interface Reading {
  /** True if their paths have no version. */
  isLegacy: boolean;
  /** The number of values so far that are slow to build. */
  slow: number;
  /** The annotated values, members before their containers. There are no more of them than values. */
  annotated: Note[];
  /** True if one of them has members. */
  hasContainers: boolean;
}

/** The path that was read last, without its last key, and the value it led to. */
interface LastPath {
  path: string | undefined;
  holder: Note | null;
}

/** The maximum number of values in an input that take some microseconds each to build. */
const MAX_SLOW = 1000;

/**
 * Applies superjson's `meta.values` to JSON, in place. Checks everything before it builds anything: that each value is
 * there, that it has the form of its annotation, and that the schema can use a value of that kind.
 * @param json the input as it was sent.
 * @param values the annotations: an object of annotations by path, or the annotation of the whole input in a list.
 * @param isLegacy true if the paths have no version.
 * @returns the input as it was before the client serialized it.
 * @throws {ApiError} INVALID_INPUT with a pointer to the value, if an annotation does not fit the value or the schema.
 */
export function applyAnnotations(json: unknown, values: unknown, place: Place, isLegacy: boolean): unknown {
  const reading: Reading = { isLegacy, slow: 0, annotated: [], hasContainers: false };
  const root = newNote(json, place, undefined, '');
  if (Array.isArray(values)) annotate(root, values, reading);
  else annotateMembers(root, values, reading);
  if (reading.hasContainers) checkOnce(reading.annotated);
  return build(root, reading.annotated);
}

const newNote = (json: unknown, place: Place, holder: Note | undefined, key: string | number): Note => ({
  json,
  place,
  holder,
  key,
  conversion: undefined,
});

function annotate(note: Note, annotation: unknown, reading: Reading): void {
  const parts: readonly unknown[] = Array.isArray(annotation) ? annotation : [];
  const conversion = parts.length < 3 ? conversionOf(parts[0]) : undefined;
  if (!conversion) throw rejection(note, 'has an unknown annotation');
  const { kind, bit, isSlow } = conversion;
  if ((note.place.kinds & bit) === 0) throw rejection(note, `cannot be sent as ${kind}`);
  if (!conversion.accepts(note.json)) throw rejection(note, `is not in superjson's form for ${kind}`);
  if (isSlow && ++reading.slow > MAX_SLOW) {
    throw rejection(note, `is one of more than ${MAX_SLOW} errors, URLs and regular expressions`);
  }
  note.conversion = conversion;
  if (isContainer(note.json)) reading.hasContainers = true;
  if (parts[1] !== undefined) annotateMembers(note, parts[1], reading);
  reading.annotated.push(note);
}

function annotateMembers(note: Note, annotations: unknown, reading: Reading): void {
  if (!isContainer(annotations) || Array.isArray(annotations)) {
    throw rejection(note, 'has annotations that are not an object');
  }
  const last: LastPath = { path: undefined, holder: null };
  for (const path of Object.keys(annotations)) {
    const member = noteAt(path, note, last, reading.isLegacy);
    if (member) annotate(member, annotations[path], reading);
  }
}

/**
 * Returns the note at a path. Returns `null` for a named property of a list, which JSON has lost, and for a value that
 * the schema has no place for, such as a misspelt field or an item too many: the schema itself rejects that with its
 * own message.
 */
function noteAt(path: string, base: Note, last: LastPath, isLegacy: boolean): Note | null {
  if (path.includes('\\')) {
    const keys = parsePath(path, isLegacy);
    if (!keys) throw rejection(base, 'has an annotation with an invalid path');
    return walk(base, keys);
  }
  const dot = path.lastIndexOf('.');
  if (dot === -1) return memberNote(base, path);
  // superjson writes paths with the same beginning one after the other.
  if (last.path?.length !== dot || !path.startsWith(last.path)) {
    last.path = path.slice(0, dot);
    last.holder = walk(base, last.path.split('.'));
  }
  return last.holder && memberNote(last.holder, path.slice(dot + 1));
}

function walk(base: Note, keys: readonly string[]): Note | null {
  let note: Note | null = base;
  for (const key of keys) {
    note = memberNote(note, key);
    if (!note) break;
  }
  return note;
}

function memberNote(holder: Note, name: string): Note | null {
  const container = containerOf(holder);
  const key = keyIn(holder.json, name);
  const json = memberAt(holder.json, key);
  const place = container && memberOf(holder.place, container, key);
  if (json === undefined && container === 'list' && Number.isNaN(Number(name))) return null;
  const note = newNote(json, place ?? holder.place, holder, name);
  if (json === undefined) throw rejection(note, 'is annotated, but was not sent');
  if (place) return note;
  if (container === 'object' || container === 'list') return null;
  throw rejection(note, 'cannot be annotated');
}

/** Returns the kind of container; `null` for a value without members that could be annotated. */
function containerOf({ json, conversion }: Note): Container | null {
  if (!conversion) return Array.isArray(json) ? 'list' : 'object';
  const { kind } = conversion;
  return kind === 'set' || kind === 'map' || kind === 'Error' ? kind : null;
}

/**
 * superjson annotates a value once, with the annotations of its members inside, never by a path that leads through it.
 */
function checkOnce(annotated: readonly Note[]): void {
  const converted = new Set(annotated.map(({ json }) => json).filter(isContainer));
  for (const note of annotated) {
    for (let at = note.holder; at && !at.conversion; at = at.holder) {
      if (isContainer(at.json) && converted.has(at.json)) throw rejection(at, 'is annotated twice');
    }
  }
}

/** Builds the values. Members come first, because the JSON of their container must already hold them. */
function build(root: Note, annotated: readonly Note[]): unknown {
  for (const note of annotated) {
    const value = valueOf(note);
    if (!note.holder) return value;
    if (isContainer(note.holder.json)) note.holder.json[note.key] = value;
  }
  return root.json;
}

function valueOf(note: Note): unknown {
  const { json, conversion } = note;
  try {
    return conversion?.convert(json);
  } catch {
    throw rejection(note, `is not a valid ${conversion?.kind ?? 'value'}`);
  }
}

function rejection(note: Note, message: string): ApiError {
  const path: string[] = [];
  for (let at = note; at.holder; at = at.holder) path.unshift(String(at.key));
  return invalidInput([{ pointer: pointerTo(path), message }]);
}
