import { type AppError, invalidInput } from '#server/errors';
import { pointerTo } from '#server/rejection';
import { type Conversion, conversionOf } from './kinds.ts';
import { isContainer, memberAt, parsePath } from './path.ts';
import { type Container, memberOf, type Place, PLAIN } from './place.ts';

/** A value of the JSON that is annotated, or has annotated members. There are no more of them than values. */
interface Note {
  json: unknown;
  place: Place;
  /** What it is in, and its key there. */
  parent: Note | undefined;
  key: string;
  conversion: Conversion | undefined;
  members: Map<string, Note> | undefined;
}

/** What is known while the annotations of one input are checked. */
interface Reading {
  /** True if their paths have no version. */
  isLegacy: boolean;
  /** How many values so far are slow to make. */
  slow: number;
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
 * @throws {AppError} INVALID_INPUT, which names the place.
 */
export function applyAnnotations(json: unknown, values: unknown, place: Place, isLegacy: boolean): unknown {
  const root = newNote(json, place, undefined, '');
  const reading: Reading = { isLegacy, slow: 0 };
  if (Array.isArray(values)) annotate(root, values, reading);
  else annotateMembers(root, values, reading);
  return build(root);
}

const newNote = (json: unknown, place: Place, parent: Note | undefined, key: string): Note => ({
  json,
  place,
  parent,
  key,
  conversion: undefined,
  members: undefined,
});

function annotate(note: Note, annotation: unknown, reading: Reading): void {
  const parts: readonly unknown[] = Array.isArray(annotation) ? annotation : [];
  const conversion = parts.length < 3 ? conversionOf(parts[0]) : undefined;
  if (!conversion) throw refusal(note, 'has an annotation that is not known');
  // superjson annotates a value once, and what is in it below that.
  if (note.conversion || note.members) throw refusal(note, 'is annotated twice');
  if (!note.place.takes(conversion.kind)) throw refusal(note, `may not be sent as ${conversion.kind}`);
  if (!conversion.accepts(note.json)) throw refusal(note, `is not what a ${conversion.kind} is sent as`);
  if (conversion.isSlow && ++reading.slow > MAX_SLOW) {
    throw refusal(note, `is one of more than ${MAX_SLOW} errors, URLs and regular expressions`);
  }
  note.conversion = conversion;
  if (parts[1] !== undefined) annotateMembers(note, parts[1], reading);
}

function annotateMembers(note: Note, annotations: unknown, reading: Reading): void {
  if (typeof annotations !== 'object' || annotations === null || Array.isArray(annotations)) {
    throw refusal(note, 'has annotations that are no object');
  }
  for (const [path, annotation] of Object.entries(annotations)) {
    const keys = parsePath(path, reading.isLegacy);
    if (!keys) throw refusal(note, 'has an annotation with a broken path');
    let member: Note | null = note;
    for (const key of keys) {
      if (member !== note && member.conversion) throw refusal(member, 'is annotated twice');
      member = noteOf(member, key);
      if (!member) break;
    }
    if (member) annotate(member, annotation, reading);
  }
}

/** The note of a member; `null` for a name that a list had beside its items, which JSON has lost. */
function noteOf(parent: Note, key: string): Note | null {
  const known = parent.members?.get(key);
  if (known) return known;
  const container = containerOf(parent);
  const place = container && memberOf(parent.place, container, key);
  const json = memberAt(parent.json, key);
  if (json === undefined && container === 'list' && Number.isNaN(Number(key))) return null;
  const made = newNote(json, place ?? PLAIN, parent, key);
  if (json === undefined) throw refusal(made, 'is annotated, but was not sent');
  if (!place) throw refusal(made, 'may not be annotated');
  parent.members ??= new Map();
  parent.members.set(key, made);
  return made;
}

/** `null` for what has no members that could be annotated. */
function containerOf({ json, conversion }: Note): Container | null {
  if (!conversion) return Array.isArray(json) ? 'list' : 'object';
  const { kind } = conversion;
  return kind === 'set' || kind === 'map' || kind === 'Error' ? kind : null;
}

/** Members first, as they are in the JSON that the value is made of. */
function build(note: Note): unknown {
  const { json, conversion, members } = note;
  if (members && isContainer(json)) for (const [key, member] of members) json[key] = build(member);
  if (!conversion) return json;
  try {
    return conversion.convert(json);
  } catch {
    throw refusal(note, `is not a valid ${conversion.kind}`);
  }
}

function refusal(note: Note, message: string): AppError {
  const path: string[] = [];
  for (let at = note; at.parent; at = at.parent) path.unshift(at.key);
  return invalidInput([{ pointer: pointerTo(path), message }]);
}
