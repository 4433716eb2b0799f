import { z } from 'zod';

const MS_PER_HOUR = 3_600_000;
const COUNT = 100;

const Row = z.object({
  id: z.string(),
  title: z.string(),
  model: z.string().nullable(),
  pinned: z.boolean(),
  count: z.int(),
  createdAt: z.date(),
  archivedAt: z.date().optional(),
});

const rowOf = (i: number): z.output<typeof Row> => ({
  id: `019ab1c2-7d3e-7f00-8000-5f0c6a1d${1000 + i}`,
  title: `How do I add a procedure, part ${i}?`,
  model: i % 2 === 0 ? 'openai/gpt-5-mini' : null,
  pinned: i % 3 === 0,
  count: i * 7,
  createdAt: new Date(1.7e12 + i * MS_PER_HOUR + i * 1001),
  ...(i % 4 === 0 ? { archivedAt: new Date(1.71e12 + i) } : {}),
});

const rows = Array.from({ length: COUNT }, (_, i) => rowOf(i));
const at = new Date(1.7e12);
const names = ['rpc', 'rest', 'chat', 'users'];

/** A value to read, as written by superjson, and the input schema. */
export interface Input {
  /** The name in the table. */
  title: string;
  schema: z.ZodType;
  value: unknown;
}

export const INPUTS: Record<string, Input> = {
  plain: {
    title: 'one row, nothing annotated',
    schema: Row.omit({ createdAt: true, archivedAt: true }),
    value: { id: rows[1]?.id, title: 'How?', model: null, pinned: false, count: 7 },
  },
  row: { title: 'one row, 2 dates', schema: Row, value: rows[0] },
  rows: { title: '100 rows, 125 dates', schema: z.array(Row), value: rows },
  twice: {
    title: 'one date in two places',
    schema: z.object({ from: z.date(), to: z.date(), title: z.string() }),
    value: { from: at, to: at, title: 'A day' },
  },
  optional: {
    title: 'undefined, a bigint and -0',
    schema: z.object({ after: z.string().optional(), size: z.bigint(), offset: z.number() }),
    value: { after: undefined, size: 2n ** 64n, offset: -0 },
  },
  set: {
    title: 'a set of 4 strings',
    schema: z.object({ tags: z.set(z.string()) }),
    value: { tags: new Set(names) },
  },
  map: {
    title: 'a map of 4 dates',
    schema: z.object({ seen: z.map(z.string(), z.date()) }),
    value: { seen: new Map(names.map((name, i) => [name, new Date(1.7e12 + i)])) },
  },
  union: {
    title: 'one of three objects, 1 date',
    schema: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('sent'), at: z.date() }),
      z.object({ kind: z.literal('read'), at: z.date(), by: z.string() }),
      z.object({ kind: z.literal('kept'), days: z.int() }),
    ]),
    value: { kind: 'read', at, by: 'ada' },
  },
  record: {
    title: '`z.record`, 4 dates',
    schema: z.record(z.string(), z.date()),
    value: Object.fromEntries(names.map((name, i) => [name, new Date(1.7e12 + i)])),
  },
  unknown: { title: '`z.unknown()`, 100 rows, 125 dates', schema: z.unknown(), value: rows },
};
