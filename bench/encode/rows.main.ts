/** Writes rows repeatedly, and prints the time of a text. The arguments are the encoder and the number of rows. */
import superjson from 'superjson';
import { z } from 'zod';
import { compileJson, compileSuperjson, superjsonWriter, toJson } from '#layer/testing/index';

const MEASURED_MS = 1000;
const US_PER_MS = 1000;
const MS_PER_HOUR = 3_600_000;

const Row = z.object({
  id: z.string(),
  title: z.string(),
  model: z.string().nullable(),
  pinned: z.boolean(),
  count: z.int(),
  createdAt: z.date(),
  updatedAt: z.date(),
  archivedAt: z.date().nullable(),
});

const rows = Array.from({ length: 100 }, (_, i) => ({
  id: `019ab1c2-7d3e-7f00-8000-5f0c6a1d${1000 + i}`,
  title: `How do I add a procedure, part ${i}?`,
  model: i % 2 === 0 ? 'openai/gpt-5-mini' : null,
  pinned: i % 3 === 0,
  count: i * 7,
  createdAt: new Date(1.7e12 + i * MS_PER_HOUR),
  updatedAt: new Date(1.7e12 + i * MS_PER_HOUR + i * 1001),
  archivedAt: i % 4 === 0 ? new Date(1.71e12 + i) : null,
}));

const [way = '', count = ''] = process.argv.slice(2);
const schema = count === '1' ? Row : z.array(Row);
const value: unknown = schema.parse(count === '1' ? rows[1] : rows);

const toSuperjson = superjsonWriter(superjson);
const WAYS: Record<string, (value: unknown) => string> = {
  superjson: toSuperjson,
  wire: compileSuperjson(schema, toSuperjson),
  stringify: (it) => JSON.stringify(it),
  toJson,
  json: compileJson(schema),
};
const write = WAYS[way];
if (!write) throw new Error(`${way} is not one of ${Object.keys(WAYS).join(', ')}.`);

/** Returns microseconds per text, including its bytes, because V8 flattens a concatenated string only then. */
function measure(ms: number): number {
  const started = performance.now();
  let texts = 0;
  let bytes = 0;
  let elapsed: number;
  do {
    for (let i = 0; i < 100; i++) bytes += Buffer.from(write?.(value) ?? '').byteLength;
    texts += 100;
    elapsed = performance.now() - started;
  } while (elapsed < ms);
  if (bytes === 0) throw new Error('The encoder wrote nothing.');
  return (elapsed * US_PER_MS) / texts;
}

measure(MEASURED_MS);
console.log(`us per text: ${measure(MEASURED_MS).toFixed(3)}`);
setInterval(() => undefined, 60_000);
