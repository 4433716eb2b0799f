import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { createApi, type Meta } from '#layer/index';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine } from '../lib/machine.ts';
import { pinThisProcess } from '../lib/process.ts';
import { percentile } from '../lib/statistics.ts';

const PATH = '/docs';

const t = initTRPC.meta<Meta>().create({ isDev: false });
const Owner = z.object({ id: z.uuid(), name: z.string().max(100), tags: z.array(z.string()).max(20) });

/** Returns a router in which each procedure has schemas of its own. */
function createRouter(routers: number, procedures: number) {
  const procedure = (r: number, p: number) =>
    t.procedure
      .meta({
        openapi: {
          method: 'GET',
          path: `/r${r}/p${p}/{id}`,
          summary: `Get thing ${p} of ${r}`,
          description: 'Returns *one* thing, with its owner.',
        },
      })
      .input(
        z.object({ id: z.uuid(), limit: z.int().min(1).max(100).default(20), search: z.string().optional() }),
      )
      .output(
        z.object({
          items: z.array(
            z.object({ id: z.uuid(), title: z.string(), owner: Owner, size: z.number().nullable() }),
          ),
          nextCursor: z.string().nullable(),
        }),
      )
      .query(() => ({ items: [], nextCursor: null }));
  const inner = (r: number) =>
    Array.from({ length: procedures }, (_, p) => [`procedure${p}`, procedure(r, p)] as const);
  return t.router(
    Object.fromEntries(
      Array.from(
        { length: routers },
        (_, r) => [`router${r}`, t.router(Object.fromEntries(inner(r)))] as const,
      ),
    ),
  );
}

const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

/** Observes the pauses of the garbage collector. Returns a function that returns those until now, in milliseconds. */
function observePauses(): () => Promise<number[]> {
  const pauses: number[] = [];
  const observer = new PerformanceObserver((list) => {
    pauses.push(...list.getEntries().map(({ duration }) => duration));
  });
  observer.observe({ entryTypes: ['gc'] });
  return async () => {
    await setTimeout(0);
    observer.disconnect();
    return pauses;
  };
}

interface PageOptions {
  routers: number;
  procedures: number;
  /** How often each page is rendered. */
  passes: number;
}

/**
 * Measures the reference of a large router: the sizes of its files, and the time to render each page. It writes
 * docs/benchmarks.md.
 */
export async function measurePages({ routers, procedures, passes }: PageOptions): Promise<void> {
  pinThisProcess();
  const api = createApi({
    router: createRouter(routers, procedures),
    createContext: () => ({}),
    docs: { path: PATH },
    warn: () => undefined,
  });
  const read = async (path: string) => (await api.request(path)).text();
  const timeOf = async (path: string) => {
    const before = performance.now();
    await read(path);
    return performance.now() - before;
  };

  const started = performance.now();
  const first = await read(PATH);
  await read(`${PATH}/router0/procedure0`);
  const firstMs = performance.now() - started;
  const { pages } = z
    .object({ pages: z.array(z.object({ name: z.string(), path: z.string().optional() })) })
    .parse(JSON.parse(await read(`${PATH}/index.json`)));
  const paths = pages.map(({ name, path = name.replaceAll('.', '/') }) => `${PATH}/${path}`);
  // More pages than are kept, so that each is rendered in each pass.
  const times = new Map<string, number[]>(paths.map((path) => [path, []]));
  const pauses = observePauses();
  let firstPause = NaN;
  for (let pass = 0; pass < passes; pass++) {
    for (const [path, own] of times) own.push(await timeOf(path));
    if (pass === 0) firstPause = Math.max(...(await pauses()));
  }
  const firstTimes = [...times.values()].map(([time = NaN]) => time);
  const medians = [...times.values()].map((own) => percentile(own, 0.5));
  const searched: number[] = [];
  for (let i = 0; i < procedures; i++) searched.push(await timeOf(`${PATH}?q=thing+${i}`));
  let largest = first;
  for (const path of paths) {
    const html = await read(path);
    if (html.length > largest.length) largest = html;
  }

  const asset = (pattern: RegExp) => read(pattern.exec(first)?.[1] ?? '');
  const files: [string, string][] = [
    ['scripts', (await asset(/src="([^"]+\.js)" defer/)) + (await asset(/src="([^"]+theme\.js)"/))],
    ['style', await asset(/href="([^"]+\.css)"/)],
    ['first page', first],
    ['largest page', largest],
    ['`index.json`, for the search', await read(`${PATH}/index.json`)],
    ['`llms.txt`', await read(`${PATH}/llms.txt`)],
  ];
  const sizes = files.map(([name, text]) => [
    name,
    kB(Buffer.byteLength(text)),
    kB(gzipSync(text).byteLength),
  ]);
  const ms = (values: number[]) => [0.5, 0.99, 1].map((p) => percentile(values, p).toFixed(1));
  const text = [
    `\`npm run bench -- reference\`: the reference of a router with ${routers * procedures} procedures in ${routers} routers.`,
    describeMachine('the process pinned to one core'),
    table(['file', 'size', 'gzip'], sizes),
    table(
      ['render', 'median ms', 'p99 ms', 'max ms'],
      [
        [`each of ${pages.length} pages, the median of ${passes} passes`, ...ms(medians)],
        ['each page in the first pass', ...ms(firstTimes)],
        ['a search by the form', ...ms(searched)],
      ],
    ),
    `Before that, the first two requests load the modules, read the router and write the first JSON Schema: ${firstMs.toFixed(0)} ms.
In the first pass, the code is compiled and the garbage collector moves the new router. Its longest pause was ${firstPause.toFixed(1)} ms.`,
  ].join('\n\n');
  console.log(text);
  await writeSection('Reference', text);
}
