/** Calls a REST surface and prints the time of a call. The argument is the number of procedures. */
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { Call, createRestSurface, hostRequest, type Meta } from '#layer/index';

const CALLED = 10;
const WARM_UP = 20_000;
const CALLS = 60_000;
const US_PER_MS = 1000;

const count = Number(process.argv[2]);
const { router, procedure } = initTRPC.context<object>().meta<Meta>().create({ isDev: false });
const Thing = z.strictObject({ id: z.string(), limit: z.number(), tags: z.array(z.string()) });

const things = Array.from({ length: count }, (_, i) => {
  const get = procedure
    .meta({ openapi: { method: 'GET', path: `/things-${i}/{id}` } })
    .input(Thing)
    .output(Thing)
    .query(({ input }) => input);
  return [`thing${i}`, get] as const;
});
const surface = createRestSurface<object>(router(Object.fromEntries(things)));
const urls = Array.from({ length: CALLED }, (_, i) => {
  const place = Math.floor((i * count) / CALLED);
  return `http://localhost/api/v1/things-${place}/42?limit=20&tags=a&tags=b`;
});

async function call(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const request = new Request(urls[i % CALLED] ?? '');
    const host = hostRequest(request, { platform: undefined, maxDuration: 60 });
    const { status, body } = await surface(new Call(host, { id: 'bench', createContext: () => ({}) }));
    if (status !== 200 || typeof body !== 'string') throw new Error(`${request.url} returned ${status}.`);
  }
}

await call(WARM_UP);
const started = performance.now();
await call(CALLS);
console.log(`us per call: ${(((performance.now() - started) * US_PER_MS) / CALLS).toFixed(3)}`);
setInterval(() => undefined, 60_000);
