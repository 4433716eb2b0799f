import { afterAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { MAX_BATCH_BYTES } from '#layer/limits';
import { errors } from '#server/errors';
import { open, router } from '#server/procedures';
import { rpcFetch } from '#test/call';
import { startInstance } from '#test/caller';

const MEGABYTE = 1024 * 1024;

const text = (letter: string) =>
  open.output(z.string()).query(() => letter.repeat(MEGABYTE / Buffer.byteLength(letter)));
const app = router({
  small: open.output(z.string()).query(() => 'small'),
  megabyte: text('x'),
  wide: text('€'),
  huge: open.output(z.string()).query(() => 'x'.repeat(2 * MAX_BATCH_BYTES)),
});

const deps = await startInstance();
afterAll(deps.close);
const failures: string[] = [];
const send = rpcFetch(deps, app, { report: (error) => failures.push(errors.toError(error).kind) });

const Failed = z.object({
  json: z.object({ data: z.object({ code: z.string(), httpStatus: z.number(), path: z.string() }) }),
});
const Results = z.array(
  z.union([
    z.object({ result: z.object({ data: z.object({ json: z.string() }) }) }),
    z.object({ error: Failed }),
  ]),
);

/** Sends a batch. Returns for each call the length of its text, or the status, code and path of its error. */
async function batch(...names: string[]) {
  const response = await send(`http://localhost/api/trpc/${names.join(',')}?batch=1`);
  const results = Results.parse(await response.json()).map((part) => {
    if ('result' in part) return part.result.data.json.length;
    const { code, httpStatus, path } = part.error.json.data;
    return `${httpStatus} ${code} ${path}`;
  });
  return { status: response.status, results };
}

test('rejects only the calls that exceed the byte limit of a batch, and logs them', async () => {
  const calls = [...Array.from({ length: 9 }, () => 'megabyte'), 'small'];
  const { status, results } = await batch(...calls);
  expect(status).toBe(207);
  expect(results).toEqual([
    ...Array.from({ length: 7 }, () => MEGABYTE),
    '413 PAYLOAD_TOO_LARGE megabyte',
    '413 PAYLOAD_TOO_LARGE megabyte',
    'small'.length,
  ]);
  expect(failures.splice(0)).toEqual(['PAYLOAD_TOO_LARGE', 'PAYLOAD_TOO_LARGE']);
});

test('does not count a call that is too large by itself against the others', async () => {
  const { results } = await batch('huge', 'small', 'megabyte');
  expect(results).toEqual(['413 PAYLOAD_TOO_LARGE huge', 'small'.length, MEGABYTE]);
});

test('counts bytes instead of characters', async () => {
  const { results } = await batch(...Array.from({ length: 9 }, () => 'wide'));
  expect(results.filter((result) => typeof result === 'number')).toHaveLength(7);
  expect(results.at(-1)).toBe('413 PAYLOAD_TOO_LARGE wide');
});

test('does not limit a call that is sent without a batch', async () => {
  const response = await send('http://localhost/api/trpc/huge');
  expect(response.status).toBe(200);
  expect((await response.text()).length).toBeGreaterThan(2 * MAX_BATCH_BYTES);
});
