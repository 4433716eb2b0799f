import { afterAll, describe, expect, test } from '@jest/globals';
import {
  createTRPCUntypedClient,
  httpBatchLink,
  httpBatchStreamLink,
  TRPCClientError,
  type TRPCUntypedClient,
} from '@trpc/client';
import superjson from 'superjson';
import { z } from 'zod';
import { errors } from '#server/errors';
import { open, router } from '#server/procedures';
import { rpcFetch } from '#test/call';
import { startInstance } from '#test/caller';

let calls = 0;
const count = () => ++calls;
const app = router({
  ask: open.output(z.number()).query(count),
  change: open.output(z.number()).mutation(count),
  ['a'.repeat(60)]: open.output(z.number()).query(count),
});

const deps = await startInstance();
afterAll(deps.close);
const reported: string[] = [];
const send = rpcFetch(deps, app, {
  report: (error) => reported.push(errors.toError(error).kind),
  maxBatchSize: 30,
});

const bodies: string[] = [];
async function handle(input: string | URL | Request, init?: object): Promise<Response> {
  const response = await send(input, init);
  bodies.push(await response.clone().text());
  return response;
}

const options = { url: 'http://localhost/api/trpc', transformer: superjson, fetch: handle };
const CLIENTS: [name: string, client: TRPCUntypedClient<typeof app>][] = [
  ['a batch', createTRPCUntypedClient<typeof app>({ links: [httpBatchLink(options)] })],
  ['a stream of a batch', createTRPCUntypedClient<typeof app>({ links: [httpBatchStreamLink(options)] })],
];

const outcomes = async (called: Promise<unknown>[]) =>
  (await Promise.allSettled(called)).map((outcome) => {
    if (outcome.status === 'fulfilled') return 'done';
    const error: unknown = outcome.reason;
    return error instanceof TRPCClientError ? error.message : String(error);
  });
const times = <T>(number: number, create: () => T) => Array.from({ length: number }, create);
const EACH = 'A batch can have at most 30 calls. Set `maxItems: 30` in the options of the batch link.';

describe.each(CLIENTS)('%s', (_, client) => {
  test('with the maximum number of calls runs', async () => {
    expect(await outcomes(times(30, () => client.query('ask')))).toEqual(times(30, () => 'done'));
  });

  test.each([31, 100])('with %d calls runs none, and each gets the same short error', async (number) => {
    calls = 0;
    bodies.length = 0;
    expect(await outcomes(times(number, () => client.mutation('change')))).toEqual(times(number, () => EACH));
    expect(calls).toBe(0);
    expect(bodies).toHaveLength(1);
    expect(bodies[0]?.length).toBeLessThan(64 * 1024);
  });

  test('with unknown and long names gets the same short errors', async () => {
    bodies.length = 0;
    const called = times(100, () => client.query(`${'a'.repeat(60)}${calls % 2 ? '' : 'b'}`));
    expect(await outcomes(called)).toEqual(times(100, () => EACH));
    expect(bodies[0]?.length).toBeLessThan(64 * 1024);
  });

  test('with more than 100 calls gets a single error with the same message', async () => {
    expect(await outcomes(times(101, () => client.query('ask')))).toEqual(times(101, () => EACH));
  });
});

test('a batch over the limit gets status 400, and is not reported as a server error', async () => {
  for (const number of [31, 101]) {
    const names = times(number, () => 'ask').join(',');
    const response = await handle(`http://localhost/api/trpc/${names}?batch=1`);
    expect(response.status).toBe(400);
  }
  expect(reported).toEqual([]);
});
