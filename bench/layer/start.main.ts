/** Creates an API and its OpenAPI document, and prints the times in milliseconds. The argument is the number of procedures. */
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { createApi, type Meta } from '#layer/index';

const { router, procedure } = initTRPC.context<object>().meta<Meta>().create({ isDev: false });

/** Returns the procedures of a resource: two queries and two mutations, each with schemas of its own. */
function resource(name: string) {
  const Id = z.object({ id: z.uuid() });
  const Fields = z.object({
    title: z.string().min(1).max(200),
    note: z.string().max(2000).optional(),
    tags: z.array(z.string().max(50)).max(20),
    status: z.enum(['open', 'closed']),
    rank: z.int().nullable(),
  });
  const Item = z.object({ ...Id.shape, ...Fields.shape, createdAt: z.date(), count: z.bigint() });
  const Page = z.object({ limit: z.int().min(1).max(100).default(20), cursor: z.string().optional() });
  const meta = (method: 'GET' | 'POST' | 'PATCH', path: `/${string}`): Meta => ({
    openapi: { method, path },
  });
  const fail = (): never => {
    throw new Error('The benchmark calls no procedure.');
  };
  return router({
    get: procedure
      .meta(meta('GET', `/${name}/{id}`))
      .input(Id)
      .output(Item)
      .query(fail),
    list: procedure
      .meta(meta('GET', `/${name}`))
      .input(Page)
      .output(z.object({ items: z.array(Item), nextCursor: z.string().nullable() }))
      .query(fail),
    create: procedure
      .meta(meta('POST', `/${name}`))
      .input(Fields)
      .output(Item)
      .mutation(fail),
    update: procedure
      .meta(meta('PATCH', `/${name}/{id}`))
      .input(z.object({ ...Id.shape, ...Fields.partial().shape }))
      .output(Item)
      .mutation(fail),
  });
}

const PER_RESOURCE = 4;
const names = Array.from({ length: Number(process.argv[2]) / PER_RESOURCE }, (_, i) => `things${i}`);
const appRouter = router(Object.fromEntries(names.map((name) => [name, resource(name)])));

const US_PER_MS = 1000;
/** The CPU time of this thread, in milliseconds. Other processes on the machine hardly change it. */
function cpuTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / US_PER_MS;
}

const started = cpuTime();
const api = createApi({ router: appRouter, createContext: () => ({}) });
const created = cpuTime();

/** The longest time for which the event loop did nothing else. */
let longest = 0;
let last = cpuTime();
let isDone = false;
function tick(): void {
  const now = cpuTime();
  longest = Math.max(longest, now - last);
  last = now;
  if (!isDone) setImmediate(tick);
}
tick();
const response = await api.request('/api/openapi.json');
const { length } = await response.text();
tick();
isDone = true;
if (response.status !== 200) throw new Error(`The document has status ${response.status}.`);
const times = [created - started, cpuTime() - created, longest];
console.log(`start, document, block: ${times.map((ms) => ms.toFixed(1)).join(' ')}; ${length} characters`);
