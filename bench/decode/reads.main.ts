/** Reads the input that its arguments say, in the way that they say, over and over, and prints how long it takes. */
import superjson, { type SuperJSONResult } from 'superjson';
import { compileReadWire } from '#layer/decode/wire';
import { checkJson } from '#layer/http/json';
import { MAX_JSON_VALUES } from '#layer/limits';
import { INPUTS } from './inputs.ts';

const MEASURED_MS = 400;
const US_PER_MS = 1000;
/** How many bytes of JSON are parsed before they are read; few enough to stay in the processor's cache. */
const BATCH_BYTES = 200_000;

const [way = '', name = ''] = process.argv.slice(2);
const input = INPUTS[name];
if (!input) throw new Error(`${name} is none of ${Object.keys(INPUTS).join(', ')}.`);
const text = JSON.stringify(superjson.serialize(input.value));
const values = checkJson(text);
const batch = Math.ceil(BATCH_BYTES / text.length);

const isPayload = (json: unknown): json is SuperJSONResult =>
  typeof json === 'object' && json !== null && 'json' in json;

function parse(): SuperJSONResult {
  const json: unknown = JSON.parse(text);
  if (!isPayload(json)) throw new TypeError('superjson has written something else.');
  return json;
}

const compiled = compileReadWire([input.schema], MAX_JSON_VALUES);
const WAYS: Record<string, (payload: SuperJSONResult) => unknown> = {
  superjson: (payload) => superjson.deserialize(payload),
  compiled: (payload) => compiled(payload, values),
};
const read = WAYS[way];
if (!read) throw new Error(`${way} is none of ${Object.keys(WAYS).join(', ')}.`);

/** @returns microseconds for each input, from its parsed JSON. */
function measure(ms: number): number {
  let taken = 0;
  let inputs = 0;
  let last: unknown;
  // To parse takes longer than to read, so the time of both is limited.
  const end = performance.now() + ms;
  while (performance.now() < end) {
    const payloads = Array.from({ length: batch }, parse);
    const started = performance.now();
    for (const payload of payloads) last = read?.(payload);
    taken += performance.now() - started;
    inputs += batch;
  }
  input?.schema.parse(last);
  return (taken * US_PER_MS) / inputs;
}

measure(MEASURED_MS);
console.log(`us per input: ${measure(MEASURED_MS).toFixed(4)}`);
setInterval(() => undefined, 60_000);
