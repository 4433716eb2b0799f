import type { Eventual } from '#layer/index';
import { inSpan, tracing } from './spans.ts';

const OPERATION = /^[\s(]*([a-z]{3,12})\b/i;
const TABLE = /\b(?:from|into|update|join)\s+(?:only\s+)?"?([a-z_][a-z0-9_]{0,62})"?/i;
/** The name is near the start of a statement. */
const SEARCHED = 4000;

/** Returns the operation and the first table of a statement, which are words of our own SQL. */
export function nameStatement(text: string): { operation: string; table: string | undefined } {
  const start = text.slice(0, SEARCHED);
  return {
    operation: OPERATION.exec(start)?.[1]?.toLowerCase() ?? 'statement',
    table: TABLE.exec(start)?.[1]?.toLowerCase(),
  };
}

/** Runs a statement in a span with its operation and table, without its text and values. */
export function inStatement<T>(text: string, work: () => Promise<T>): Promise<T> {
  if (tracing.tracer === undefined) return work();
  const describe = () => {
    const { operation, table } = nameStatement(text);
    return {
      name: table === undefined ? operation : `${operation} ${table}`,
      kind: 'client' as const,
      attributes: {
        'db.system.name': 'postgresql',
        'db.operation.name': operation,
        'db.collection.name': table,
      },
    };
  };
  const done: Eventual<T> = inSpan(describe, work);
  return Promise.resolve(done);
}
