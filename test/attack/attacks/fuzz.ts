import fc from '#test/fast-check';
import { createRandom, type Random } from '#test/crash/random';
import { badInputs, validInputs } from '#test/inputs';
import {
  type Call,
  type Endpoint,
  type Input,
  procedures,
  restRequest,
  rpcRequest,
  toSuperjson,
} from '#test/procedures';
import { type Attack, isServed } from '../attack.ts';

/** The number of valid and invalid inputs per procedure. */
const VALID = 4;
const BAD = 12;
/** The number of members that send them, so that each stays below its rate limit. */
const SENDERS = 20;
const JUNK = [
  '{',
  '}',
  '[',
  ']',
  '"',
  '\\u0000',
  '\\ud800',
  '9'.repeat(400),
  '1e999',
  '\0',
  ',',
  '"__proto__":',
  ' '.repeat(5_000),
];

/** Returns a text unchanged, or removes a part, repeats a part, or inserts junk. */
function mangle(text: string, random: Random): string {
  const from = Math.floor(random.between(0, text.length + 1));
  const to = Math.min(text.length, from + Math.floor(random.between(0, 30)));
  const part = text.slice(from, to);
  const change = random.pick(['none', 'none', 'remove', 'repeat', 'insert'] as const);
  if (change === 'none') return text;
  if (change === 'remove') return text.slice(0, from) + text.slice(to);
  if (change === 'repeat') return text.slice(0, from) + part.repeat(20) + text.slice(to);
  return text.slice(0, from) + random.pick(JUNK) + text.slice(from);
}

function callsOf(endpoint: Endpoint, seed: number): Call[] {
  const inputs: Input[] = [
    ...fc.sample(validInputs(endpoint), { seed, numRuns: VALID }),
    ...fc.sample(badInputs(endpoint), { seed, numRuns: BAD }),
  ];
  return inputs.flatMap((input) => [restRequest(endpoint, input), rpcRequest(endpoint, toSuperjson(input))]);
}

function mangled({ path, init }: Call, random: Random): Call {
  const body = typeof init.body === 'string' ? mangle(init.body, random) : init.body;
  return { path, init: { ...init, ...(body !== undefined && { body }) } };
}

/** Sends random requests to every procedure: valid, nearly valid and mangled. @param seed determines the requests. */
export function fuzz(seed: number): Attack {
  const calls = procedures.flatMap((endpoint) => callsOf(endpoint, seed));
  return {
    entry: 'fuzz',
    name: `random requests to every procedure, --seed ${seed}`,
    isLong: true,
    rounds: [{ count: calls.length, concurrency: 10 }],
    judge: isServed,
    prepare: (fixture) => {
      const random = createRandom(seed);
      const members = Array.from({ length: SENDERS }, () => fixture.member());
      const requests = calls.map((call) => mangled(call, random));
      return async (index) => {
        const { path, init } = requests[index] ?? { path: '/', init: {} };
        const member = members[index % SENDERS] ?? fixture.stranger;
        return member.send(path, init);
      };
    },
  };
}
