import { type Caller, type Change, changesOf } from './change.ts';
import type { ReadDocument, ReadOperation } from './operations.ts';
import { type Conjunction, propertyOf, type SchemaReader, valueOf } from './reader.ts';
import { compareValues, type Effect } from './values.ts';

/** The field of an error with its code. */
const CODE = 'code';

/**
 * Compares the errors of two documents: their codes with the statuses of each, and their form.
 *
 * A new code breaks no caller, because a client has to expect any code that it does not know.
 */
export function errorChanges(before: ReadDocument, after: ReadDocument): Change[] {
  const [old, current] = [statusesOf(before), statusesOf(after)];
  const changes: Change[] = [];
  const add = (what: string, breaks: Change['breaks']) =>
    changes.push({ subject: 'API', place: 'error', what, breaks });
  for (const [code, statuses] of old) {
    const now = current.get(code);
    if (!now) add(`code ${code} removed`, ['RPC', 'SDK']);
    else if (now.join() !== statuses.join()) {
      add(`status of ${code}: ${statuses.join(', ')} → ${now.join(', ')}`, ['REST', 'RPC', 'SDK']);
    }
  }
  for (const code of current.keys()) if (!old.has(code)) add(`code ${code} added`, []);
  return [...changes, ...formChanges(before, after)];
}

/** Compares the bodies of the errors that both documents have. Most operations share them. */
function formChanges(before: ReadDocument, after: ReadDocument): Change[] {
  const compared = new Set<string>();
  const changes: Change[] = [];
  for (const [key, operation] of before.operations) {
    for (const { id, schemas } of errorsOf(operation)) {
      const other = after.operations.get(key);
      const now = other && errorsOf(other).find((one) => one.id === id)?.schemas;
      const pair = JSON.stringify([schemas, now]);
      if (!now || compared.has(pair)) continue;
      compared.add(pair);
      const found = compareValues(
        { reader: before.reader, schemas },
        { reader: after.reader, schemas: now },
        'output',
      );
      // The codes are compared by themselves, and the status follows from the code.
      const others = found.filter(({ path }) => path !== CODE && path !== 'status');
      changes.push(...changesOf(others, { subject: 'API', place: 'error', breaks: EFFECTS }));
    }
  }
  return changes;
}

const EFFECTS: Record<Effect, readonly Caller[]> = {
  calls: ['REST', 'RPC', 'SDK'],
  code: ['SDK'],
  nothing: [],
};

/** Returns the schemas of the errors of an operation, with their statuses and media types. */
const errorsOf = ({ responses }: ReadOperation): { id: string; status: string; schemas: Conjunction }[] =>
  [...responses]
    .filter(([status]) => /^[45]/.test(status))
    .flatMap(([status, { content }]) =>
      [...content].map(([type, { schemas }]) => ({ id: `${status} ${type}`, status, schemas })),
    );

/** Returns the statuses of each code of a document, sorted. */
function statusesOf({ operations, reader }: ReadDocument): ReadonlyMap<string, readonly string[]> {
  const codes = new Map<string, Set<string>>();
  const known = new Set<string>();
  for (const operation of operations.values()) {
    for (const { status, schemas } of errorsOf(operation)) {
      const key = JSON.stringify([status, schemas]);
      if (known.has(key)) continue;
      known.add(key);
      for (const code of codesOf(reader, schemas))
        codes.set(code, (codes.get(code) ?? new Set()).add(status));
    }
  }
  return new Map([...codes].map(([code, statuses]) => [code, [...statuses].toSorted()]));
}

/** Returns the codes that an error can have, if its schema lists them. */
function codesOf(reader: SchemaReader, schemas: Conjunction): string[] {
  return reader
    .forms(schemas)
    .flatMap(({ parts }) => reader.forms(propertyOf(parts, CODE) ?? [false]))
    .flatMap(({ parts }) => {
      const known = valueOf(parts);
      return typeof known?.value === 'string' ? [known.value] : [];
    });
}
