import { sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '#server/db/database';
import type { Statement } from './statements.ts';

/** A step of a plan. The figures of its execution are known if it was executed. */
const Node = z.looseObject({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Actual Rows': z.number().default(0),
  'Actual Loops': z.number().default(0),
  'Rows Removed by Filter': z.number().default(0),
  'Shared Hit Blocks': z.number().default(0),
  'Shared Read Blocks': z.number().default(0),
});
type Node = z.output<typeof Node>;

/** Returns the statement with its parameters inserted. */
function rebuild({ sql: text, params }: Statement): SQL {
  const pieces = text.split(/\$(\d+)/);
  return sql.join(
    pieces.map((piece, i) => (i % 2 === 0 ? sql.raw(piece) : sql`${params[Number(piece) - 1]}`)),
  );
}

/** Returns the plan of a statement for its parameters. */
export const planned = ({ execute }: Database, statement: Statement) =>
  execute(sql`explain (format json) ${rebuild(statement)}`);

/** Executes a statement. @returns its plan, with figures of the execution. */
export const executed = ({ execute }: Database, statement: Statement) =>
  execute(sql`explain (analyze, buffers, timing off, format json) ${rebuild(statement)}`);

/** Returns the generic plan, to which Postgres switches after a prepared statement was executed a few times. */
export const plannedForAny = (database: Database, { sql: text, params }: Statement) =>
  database.snapshot(async ({ execute }) => {
    await execute(sql`set local plan_cache_mode = force_generic_plan`);
    await execute(sql.raw(`prepare statement as ${text}`));
    const values = params.length > 0 ? `(${params.map(() => 'null').join()})` : '';
    const plan = await execute(sql.raw(`explain (format json) execute statement${values}`));
    await execute(sql`deallocate statement`);
    return plan;
  });

/** Returns the steps of a plan. The first one is the last to be executed, and includes all others. */
export function nodesOf(plan: unknown): Node[] {
  if (Array.isArray(plan)) return plan.flatMap(nodesOf);
  if (typeof plan !== 'object' || plan === null) return [];
  const below = Object.values(plan).flatMap(nodesOf);
  const node = Node.safeParse(plan);
  return node.success ? [node.data, ...below] : below;
}

/** Returns the tables that a plan scans completely. */
export const scannedTables = (plan: unknown): string[] =>
  nodesOf(plan).flatMap((node) =>
    node['Node Type'] === 'Seq Scan' && node['Relation Name'] !== undefined ? [node['Relation Name']] : [],
  );

/** Returns the number of rows that the step with the most rows has read or returned. */
export const mostRows = (executedPlan: unknown): number =>
  Math.max(
    0,
    ...nodesOf(executedPlan).map(
      (node) => (node['Actual Rows'] + node['Rows Removed by Filter']) * node['Actual Loops'],
    ),
  );

/** Returns the number of blocks of 8 KiB that an executed plan has read, from memory or from the disk. */
export function blocksRead(executedPlan: unknown): number {
  const [whole] = nodesOf(executedPlan);
  return whole ? whole['Shared Hit Blocks'] + whole['Shared Read Blocks'] : 0;
}
