import { type Caller, type Change, changesOf } from './change.ts';
import { endChanges, isOver, namesOfRemoved, removal } from './removal.ts';
import { SchemaReader } from './reader.ts';
import type { DescribedProcedure, State } from './state.ts';
import { compareValues, type Effect } from './values.ts';

/** Compares the procedures of two states: what RPC clients call, and the tools of agents. @param now in milliseconds. */
export function compareProcedures(before: State, after: State, now: number): Change[] {
  const [old, current] = [before.procedures ?? {}, after.procedures ?? {}];
  const readers = {
    input: [new SchemaReader(before.schemas.input), new SchemaReader(after.schemas.input)],
    output: [new SchemaReader(before.schemas.output), new SchemaReader(after.schemas.output)],
  } as const;
  const changes: Change[] = [];
  for (const [subject, procedure] of Object.entries(old)) {
    const same = current[subject];
    const callers: Caller[] = typeof procedure.tool === 'string' ? ['RPC', 'MCP'] : ['RPC'];
    if (!same) {
      const removed = { subject, place: '', what: 'procedure removed', breaks: callers };
      changes.push(removal(removed, procedure.deprecated, now));
    } else {
      changes.push(
        ...endChanges(subject, [procedure.deprecated, same.deprecated], callers),
        ...procedureChanges(subject, [procedure, same], readers).map((change) =>
          isToolRemoved(change) ? removal(change, procedure.deprecated, now) : change,
        ),
      );
    }
  }
  for (const subject of Object.keys(current)) {
    if (!(subject in old)) changes.push({ subject, place: '', what: 'procedure added', breaks: [] });
  }
  return changes;
}

/** Returns the names of the types that only procedures use that were removed after their announced date. */
export function typesOfRemoved(before: State, after: State, now: number): ReadonlySet<string> {
  const { input, output } = before.schemas;
  const parts = Object.entries(before.procedures ?? {}).map(([name, procedure]) => ({
    isOver: !(name in (after.procedures ?? {})) && isOver(procedure.deprecated, now),
    content: [procedure.input?.schema, procedure.output.schema],
  }));
  return namesOfRemoved(parts, ($ref) => {
    const name = $ref.split('/').at(-1) ?? '';
    return [input[name], output[name]];
  });
}

const isToolRemoved = ({ what }: Change): boolean => /^tool: .* → none$/.test(what);

type Pair<T> = readonly [before: T, after: T];

function procedureChanges(
  subject: string,
  [old, now]: Pair<DescribedProcedure>,
  readers: Record<'input' | 'output', Pair<SchemaReader>>,
): Change[] {
  const isTool = typeof old.tool === 'string' && old.tool === now.tool;
  const runtime: Caller[] = isTool ? ['RPC', 'MCP'] : ['RPC'];
  const effects: Record<Effect, readonly Caller[]> = { calls: runtime, code: ['RPC'], nothing: [] };
  const changes: Change[] = [];
  const add = (place: string, what: string, breaks: readonly Caller[]) =>
    changes.push({ subject, place, what, breaks });
  if (old.type !== now.type) add('', `${old.type} → ${now.type}`, ['RPC']);
  if (old.tool !== undefined && now.tool !== undefined && old.tool !== now.tool) {
    add('', `tool: ${old.tool ?? 'none'} → ${now.tool ?? 'none'}`, old.tool === null ? [] : ['MCP']);
  }
  for (const side of ['input', 'output'] as const) {
    const [had, has] = [old[side], now[side]];
    if (!had || !has) {
      if (had) add(side, 'input removed', runtime);
      if (has) add(side, has.optional ? 'input added' : 'absent → required', has.optional ? [] : runtime);
      continue;
    }
    if (had.optional !== has.optional) {
      const [from, to] = [had, has].map(({ optional }) => (optional ? 'optional' : 'required'));
      add(side, `${from} → ${to}`, had.optional === (side === 'input') ? runtime : []);
    }
    if (had.schema && has.schema) {
      const found = compareValues(
        { reader: readers[side][0], schemas: [had.schema] },
        { reader: readers[side][1], schemas: [has.schema] },
        side,
      );
      changes.push(...changesOf(found, { subject, place: side, breaks: effects }));
    } else if (had.schema ?? has.schema) {
      const isLess = had.schema !== null;
      add(
        side,
        isLess ? 'described → not described' : 'not described → described',
        isLess && isTool ? ['MCP'] : [],
      );
    }
  }
  return changes;
}
