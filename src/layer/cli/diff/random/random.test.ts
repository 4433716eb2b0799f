import { expect, test } from '@jest/globals';
import type { AnyTRPCRouter } from '@trpc/server';
import { z } from 'zod';
import fc from '#test/fast-check';
import { createApi } from '../../../index.ts';
import { compareStates } from '../compare.ts';
import { procedure, router, stateOf } from '../testkit.ts';
import {
  changedObject,
  changedShape,
  type Choose,
  randomObject,
  randomShape,
  randomValue,
  schemaOf,
  type Shape,
} from './testkit.ts';

const RUNS = 60;
const CALLS = 12;
const LIMIT_MS = 120_000;

/** A procedure as data. */
interface Plan {
  name: string;
  method: 'POST' | 'PUT';
  path: `/${string}`;
  input: ReturnType<typeof randomObject>;
  output: Shape;
}

const randomPlan = (choose: Choose): Plan => ({
  name: 'one',
  method: 'POST',
  path: '/one',
  input: randomObject(choose, 3),
  output: randomShape(choose, 3),
});

function changedPlan(choose: Choose, plan: Plan): Plan {
  const change = choose(10);
  if (change === 0) return { ...plan, name: 'other' };
  if (change === 1) return { ...plan, path: '/other' };
  if (change === 2) return { ...plan, method: 'PUT' };
  if (change < 7) return { ...plan, input: changedObject(choose, plan.input) };
  return { ...plan, output: changedShape(choose, plan.output) };
}

/** Returns the router of a plan. @param answer returns the output of the next call. */
const routerOf = ({ name, method, path, input, output }: Plan, answer: () => unknown): AnyTRPCRouter =>
  router({
    [name]: procedure
      .meta({ openapi: { method, path } })
      .input(schemaOf(input))
      .output(z.object({ result: schemaOf(output) }))
      .mutation(() => ({ result: answer() })),
  });

const Rpc = z.object({ result: z.object({ data: z.unknown() }) });

/** Calls the new router as clients of the old one do. @returns the callers that fail, or do not get what they expect. */
async function brokenCallers(choose: Choose, before: Plan, after: Plan): Promise<Set<string>> {
  let answer: unknown;
  const served = routerOf(after, () => answer);
  const api = createApi({
    router: served,
    createContext: () => ({}),
    onError: () => undefined,
    warn: () => undefined,
  });
  const Expected = z.object({ result: schemaOf(before.output, true) });
  const Input = schemaOf(before.input);
  const Output = schemaOf(after.output);
  const broken = new Set<string>();
  for (let i = 0; i < CALLS; i++) {
    const input = randomValue(choose, before.input);
    answer = randomValue(choose, after.output);
    // The value of one form can also have another form of `xor`.
    if (!Input.safeParse(input).success || !Output.safeParse(answer).success) continue;
    const send = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(input) };
    const rpc = await api.request(`/api/trpc/${before.name}`, { method: 'POST', ...send });
    const rest = await api.request(`/api/v1${before.path}`, { method: before.method, ...send });
    const data = rpc.ok ? Rpc.parse(await rpc.json()).result.data : undefined;
    if (!rpc.ok || !Expected.safeParse(data).success) broken.add('RPC');
    if (!rest.ok || !Expected.safeParse(await rest.json()).success) broken.add('REST');
  }
  return broken;
}

test(
  'misses no change that breaks a call, in random changes of random routers',
  async () => {
    let [compared, broke, alarms] = [0, 0, 0];
    const falseAlarms = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(fc.nat(719)), async (numbers) => {
        const choose: Choose = (count) => Number(numbers.next().value) % count;
        const before = randomPlan(choose);
        const after = changedPlan(choose, before);
        const states = [
          await stateOf(routerOf(before, Object)),
          await stateOf(routerOf(after, Object)),
        ] as const;
        const { changes } = compareStates(...states, process.cwd());
        const broken = await brokenCallers(choose, before, after);
        for (const caller of ['RPC', 'REST'] as const) {
          const breaks = changes.filter((change) => change.breaks.includes(caller));
          if (broken.has(caller) && breaks.length === 0) {
            throw new Error(`Missed for ${caller}: ${JSON.stringify({ before, after, changes })}`);
          }
          // Fields that are removed break only code.
          const called = breaks.filter(({ what }) => what !== 'field removed');
          compared += 1;
          if (broken.has(caller)) broke += 1;
          if (called.length === 0 || broken.has(caller)) continue;
          alarms += 1;
          for (const { what } of called) falseAlarms.add(what.replace(/\d+|"\w+"/g, '…'));
        }
      }),
      { numRuns: RUNS },
    );
    const kinds = [...falseAlarms].toSorted().join('\n  ');
    process.stdout.write(
      `${broke} of ${compared} comparisons broke calls; ${alarms} more may be false alarms:\n  ${kinds}\n`,
    );
    expect(broke).toBeGreaterThan(compared / 10);
    expect(alarms).toBeLessThan(compared / 4);
  },
  LIMIT_MS,
);
