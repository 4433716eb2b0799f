import superjson from 'superjson';
import { z } from 'zod';
import { coerced, valueOf } from '#test/router-corpus-api';
import { KINDS } from '#test/router-corpus';
import type { Call } from '../project/calls.ts';

const encode = encodeURIComponent;
const JSON_TYPE = { 'content-type': 'application/json' };
const BATCH = 10;

/** A schema with a value that it accepts, and that of another schema. */
interface Sample {
  name: string;
  schema: z.core.$ZodType;
  valid: unknown;
  other: unknown;
}

const samples = (): Sample[] => {
  const names = [...KINDS.keys()];
  return [...KINDS].map(([name, schema], i) => ({
    name,
    schema,
    valid: valueOf(name),
    other: valueOf(names[(i + 1) % names.length] ?? name),
  }));
};

const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const wire = ({ schema }: Sample, value: unknown) => superjson.serialize({ v: coerced(schema, value) });

/** True if a procedure can return its input: the schema accepts what it returned. */
async function canReturn({ schema, valid }: Sample): Promise<boolean> {
  const input = await z.parseAsync(schema, coerced(schema, valid));
  return (await z.safeParseAsync(schema, input)).success;
}

/** Returns the calls of one procedure of each kind. */
async function single(sample: Sample): Promise<Call[]> {
  const { name, valid, other } = sample;
  const post = (path: string, body: unknown): Call => ({
    path,
    method: 'POST',
    headers: JSON_TYPE,
    body: { text: JSON.stringify(body) },
  });
  const outputs = [
    post(`/api/v1/output/${name}`, { v: valid }),
    post(`/api/trpc/output.${name}`, wire(sample, valid)),
  ];
  return [
    post(`/api/v1/body/${name}`, { v: valid }),
    post(`/api/v1/body/${name}`, { v: other }),
    post(`/api/v1/body/${name}`, {}),
    { path: `/api/v1/query/${name}?v=${encode(text(valid))}` },
    post(`/api/trpc/body.${name}`, wire(sample, valid)),
    { path: `/api/trpc/query.${name}?input=${encode(JSON.stringify(wire(sample, valid)))}` },
    ...((await canReturn(sample)) ? outputs : []),
  ];
}

/** Returns a batch of several kinds, of which every second has an input of another schema. */
function batch(some: readonly Sample[]): Call[] {
  const inputs = some.map((sample, i) => [i, wire(sample, i % 2 ? sample.other : sample.valid)] as const);
  const call: Call = {
    path: `/api/trpc/${some.map(({ name }) => `body.${name}`).join()}?batch=1`,
    method: 'POST',
    headers: JSON_TYPE,
    body: { text: JSON.stringify(Object.fromEntries(inputs)) },
  };
  return [call, { ...call, headers: { ...JSON_TYPE, 'trpc-accept': 'application/jsonl' } }];
}

/** Returns calls with every kind of schema. */
export async function kindRequests(): Promise<Call[]> {
  const all = samples();
  const singles = await Promise.all(all.map(single));
  const batches = Array.from({ length: Math.ceil(all.length / BATCH) }, (_, i) =>
    batch(all.slice(i * BATCH, (i + 1) * BATCH)),
  );
  return [...singles, ...batches].flat();
}
