import { type Change, joined } from './change.ts';
import { compareDeclarations, type TypeBreak } from './declarations.ts';
import { readDocument } from './operations.ts';
import { compareProcedures, typesOfRemoved } from './procedures.ts';
import { isOver } from './removal.ts';
import type { Compared } from './report.ts';
import { compareDocuments } from './rest.ts';
import type { State } from './state.ts';

/**
 * Compares two states of an API, and says for each change which callers it can break.
 * @param folder the folder whose packages the declarations import.
 * @param now the present, in milliseconds, which decides if the announced date of a removal has come.
 * @throws {Error} with one sentence, if the states have nothing in common.
 */
export function compareStates(before: State, after: State, folder: string, now = Date.now()): Compared {
  const changes: Change[] = [];
  const notCompared: string[] = [];
  if (before.document && after.document) {
    changes.push(...compareDocuments(readDocument(before.document), readDocument(after.document), now));
  } else if (before.document ?? after.document) {
    const which = before.document ? 'new' : 'old';
    if (!before.procedures || !after.procedures) {
      throw new Error(
        `The states cannot be compared: one is an OpenAPI document, and the ${which} one has none.`,
      );
    }
    if (before.document) {
      const { operations } = readDocument(before.document);
      const isEnded = [...operations.values()].every(({ end }) => isOver(end, now));
      changes.push({
        subject: 'API',
        place: '',
        what: 'REST removed',
        breaks: isEnded ? [] : ['REST', 'SDK'],
      });
    } else changes.push({ subject: 'API', place: '', what: 'REST added', breaks: [] });
  }
  if (before.procedures && after.procedures) {
    changes.push(...compareProcedures(before, after, now));
    if (![before, after].every(knowsTools)) {
      notCompared.push('the names of tools, because --router named an API, not its router.');
    }
  } else {
    notCompared.push(
      'RPC, hooks and tools, because an OpenAPI document does not describe them. Compare states that describe printed.',
    );
  }
  if (before.declaration !== null && before.declaration === after.declaration) {
    // The compiler, which takes seconds, would find nothing.
  } else if (before.declaration !== null && after.declaration !== null) {
    const { breaks, missing } = compareDeclarations(before.declaration, after.declaration, folder);
    const ended = typesOfRemoved(before, after, now);
    for (const one of breaks) if (!isKnown(one, changes)) changes.push(changeOf(one, ended));
    for (const name of missing)
      notCompared.push(`types of ${name}, because the package is not installed here.`);
  } else if (before.procedures && after.procedures) {
    notCompared.push('types, because one of the states has none. The command describe says why.');
  }
  return { changes: joined(changes), notCompared };
}

const knowsTools = ({ procedures }: State): boolean =>
  Object.values(procedures ?? {}).every(({ tool }) => tool !== undefined);

/** True if the schemas have already shown that a procedure breaks RPC at this end. */
const isKnown = ({ procedure, part }: TypeBreak, changes: readonly Change[]): boolean =>
  changes.some(
    ({ subject, place, breaks }) =>
      subject === procedure && place.split(' ')[0] === part && breaks.includes('RPC'),
  );

/** Returns a difference of the declarations as a change. @param ended the types that end with removed procedures. */
function changeOf({ procedure, part, message, type = '' }: TypeBreak, ended: ReadonlySet<string>): Change {
  const what = part === 'types' || part === 'transformer' ? message : `types: ${message}`;
  const place = part === 'types' || part === 'transformer' ? '' : part;
  const isEnded = ended.has(type) || ended.has(type.replace(/Input$/, ''));
  return { subject: procedure ?? 'API', place, what, breaks: isEnded ? [] : ['RPC'] };
}
