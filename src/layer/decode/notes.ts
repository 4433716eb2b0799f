import type { ApiError } from '../errors/api-error.ts';
import { invalidInput } from '../errors/input.ts';
import { pointerTo } from '../errors/rejection.ts';
import { type Conversion, conversionOf } from './kinds.ts';
import { isContainer, keyIn, memberAt, parsePath } from './path.ts';
import { type Container, memberOf, type Place } from './place.ts';

/** A value of the JSON that is annotated, or that one is in. */
interface Note {
  json: unknown;
  place: Place;
  /** What it is in, and its key there. */
  holder: Note | undefined;
  key: string | number;
  conversion: Conversion | undefined;
}

/** What is known while the annotations of one input are checked. */
interface Reading {
  /** True if their paths have no version. */
  isLegacy: boolean;
  /** How many values so far are slow to make. */
  slow: number;
  /** What is annotated, members before what they are in. There are no more of them than values. */
  annotated: Note[];
  /** True if one of them has members. */
  hasContainers: boolean;
}

/** The path that was read last, without its last key, and what it led to. */
interface Before {
  path: string | undefined;
  holder: Note | null;
}

/** How many values an input may hold that take some microseconds each to make. */
const MAX_SLOW = 1000;

/**
 * Applies superjson's `meta.values` to JSON, which is changed. Everything is checked before anything is built: that the
 * value is there, that it has the form of its annotation, and that the schema can use one like it.
 * @param json the input as it came.
 * @param values the annotations: an object of them by paths, or the one of the whole input in a list.
 * @param isLegacy whether its paths have no version.
 * @returns the input as it was before it was sent.
 * @throws {ApiError} INVALID_INPUT, which names the place.
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
  if (!conversion) throw rejection(note, 'has an annotation that is not known');
  const { kind, bit, isSlow } = conversion;
  if ((note.place.kinds & bit) === 0) throw rejection(note, `may not be sent as ${kind}`);
  if (!conversion.accepts(note.json)) throw rejection(note, `is not what a ${kind} is sent as`);
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
    throw rejection(note, 'has annotations that are no object');
  }
  const before: Before = { path: undefined, holder: null };
  for (const path of Object.keys(annotations)) {
    const member = noteAt(path, note, before, reading.isLegacy);
    if (member) annotate(member, annotations[path], reading);
  }
}

/**
 * The note at a path; `null` for a name that a list had beside its items, which JSON has lost, and for what no schema has a
 * place for: a misspelt field, an item too many. The schema rejects that, in its own words, whatever its value is.
 */
function noteAt(path: string, base: Note, before: Before, isLegacy: boolean): Note | null {
  if (path.includes('\\')) {
    const keys = parsePath(path, isLegacy);
    if (!keys) throw rejection(base, 'has an annotation with a broken path');
    return walk(base, keys);
  }
  const dot = path.lastIndexOf('.');
  if (dot === -1) return memberNote(base, path);
  // Paths that begin alike follow each other.
  if (before.path?.length !== dot || !path.startsWith(before.path)) {
    before.path = path.slice(0, dot);
    before.holder = walk(base, before.path.split('.'));
  }
  return before.holder && memberNote(before.holder, path.slice(dot + 1));
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
  throw rejection(note, 'may not be annotated');
}

/** `null` for what has no members that could be annotated. */
function containerOf({ json, conversion }: Note): Container | null {
  if (!conversion) return Array.isArray(json) ? 'list' : 'object';
  const { kind } = conversion;
  return kind === 'set' || kind === 'map' || kind === 'Error' ? kind : null;
}

/** superjson annotates a value once, and what is in it below that, never by a path that leads through it. */
function checkOnce(annotated: readonly Note[]): void {
  const converted = new Set(annotated.map(({ json }) => json).filter(isContainer));
  for (const note of annotated) {
    for (let at = note.holder; at && !at.conversion; at = at.holder) {
      if (isContainer(at.json) && converted.has(at.json)) throw rejection(at, 'is annotated twice');
    }
  }
}

/** Makes the values, members first, as they are in the JSON that a value is made of. */
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
