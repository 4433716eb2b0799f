/** Reads an input repeatedly, and prints the time of a read. The arguments are the reader and the name of the input. */
import superjson, { type SuperJSONResult } from 'superjson';
import { MAX_JSON_VALUES } from '#layer/limits';
import { checkJson, compileReadWire } from '#layer/testing/index';
import { INPUTS } from './inputs.ts';

const MEASURED_MS = 400;
const US_PER_MS = 1000;
/** The bytes of JSON to parse before reading them; few enough to stay in the CPU cache. */
const BATCH_BYTES = 200_000;

const [way = '', name = ''] = process.argv.slice(2);
const input = INPUTS[name];
if (!input) throw new Error(`${name} is not one of ${Object.keys(INPUTS).join(', ')}.`);
const text = JSON.stringify(superjson.serialize(input.value));
const values = checkJson(text);
const batch = Math.ceil(BATCH_BYTES / text.length);

const isPayload = (json: unknown): json is SuperJSONResult =>
  typeof json === 'object' && json !== null && 'json' in json;

function parse(): SuperJSONResult {
  const json: unknown = JSON.parse(text);
  if (!isPayload(json)) throw new TypeError('superjson wrote no "json" field.');
  return json;
}

const compiled = compileReadWire([input.schema], MAX_JSON_VALUES);
const WAYS: Record<string, (payload: SuperJSONResult) => unknown> = {
  superjson: (payload) => superjson.deserialize(payload),
  compiled: (payload) => compiled(payload, values),
};
const read = WAYS[way];
if (!read) throw new Error(`${way} is not one of ${Object.keys(WAYS).join(', ')}.`);

/** Returns the time to read an input from its parsed JSON, in microseconds. */
function measure(ms: number): number {
  let elapsed = 0;
  let inputs = 0;
  let last: unknown;
  // Parsing takes longer than reading, so the limit is for the time of both.
  const end = performance.now() + ms;
  while (performance.now() < end) {
    const payloads = Array.from({ length: batch }, parse);
    const started = performance.now();
    for (const payload of payloads) last = read?.(payload);
    elapsed += performance.now() - started;
    inputs += batch;
  }
  input?.schema.parse(last);
  return (elapsed * US_PER_MS) / inputs;
}

measure(MEASURED_MS);
console.log(`us per input: ${measure(MEASURED_MS).toFixed(4)}`);
setInterval(() => undefined, 60_000);
