import { z } from 'zod';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine, UNPINNED } from '../lib/machine.ts';
import { oneOf, readOptions, wholeNumber } from '../lib/options.ts';
import { percentile } from '../lib/statistics.ts';
import { check, type Cost } from './compiler.ts';
import { complete, type Wait } from './editor.ts';
import { PRODUCT_STYLE, type Style } from './resources.ts';
import { type Project, removeProjects, type Side, writeProject } from './project.ts';

const COUNTS = [10, 100, 500, 1000] as const;
const SIDES: Side[] = ['server', 'client', 'inferred'];
const TITLES: Record<Side, string> = {
  server: 'server',
  client: 'client of the declaration',
  inferred: 'client of the router itself',
};
const STYLED = 200;
const WITHOUT_META: Style = { ...PRODUCT_STYLE, meta: false };
/** Each differs in one point from the style of the product. */
const STYLES: [name: string, style: Style][] = [
  ["the product's style", PRODUCT_STYLE],
  ['without `.output()`', { ...PRODUCT_STYLE, output: false }],
  ['without `.meta()`', WITHOUT_META],
  ['meta last', { ...PRODUCT_STYLE, order: 'input, output, meta' }],
  ['schemas in the router', { ...PRODUCT_STYLE, schemas: 'in the router' }],
  ['schemas with explicit types', { ...PRODUCT_STYLE, schemas: 'in the contract, with their types' }],
  ['a helper function instead of the chain', { ...PRODUCT_STYLE, procedure: 'helper' }],
  ['plain objects as sub-routers', { ...PRODUCT_STYLE, routers: 'plain objects' }],
  ['one flat router', { ...PRODUCT_STYLE, routers: 'flat' }],
];
const Options = z.object({
  rounds: wholeNumber(1, 100).default(5),
  part: oneOf(['scale', 'editor', 'styles']).optional(),
});

type Key = string;
type Samples<T> = Map<Key, T[]>;

/**
 * Measures the cost of procedures for the compiler and the editor: by their number for the server and for clients, and
 * by the style of their declaration. Every figure is from a new process, in rounds of alternating order. It writes
 * docs/benchmarks.md.
 * @param args `--rounds 5`; `--part scale`, `editor` or `styles` for one part.
 */
export async function main(args: string[]): Promise<void> {
  const { rounds, part: only } = readOptions(Options, args).options;
  const parts = { scale, editor, styles };
  try {
    for (const [name, part] of Object.entries(parts)) {
      if (only === undefined || only === name) await part(rounds);
    }
  } finally {
    removeProjects();
  }
}

/** Measures each job once in every round. Every second round reverses the order. */
async function alternate<T>(jobs: ReadonlyMap<Key, () => Promise<T>>, rounds: number): Promise<Samples<T>> {
  const samples: Samples<T> = new Map([...jobs.keys()].map((key) => [key, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [key, job] of round % 2 === 0 ? [...jobs].toReversed() : jobs) {
      console.error(`round ${round} of ${rounds}: ${key}`);
      samples.get(key)?.push(await job());
    }
  }
  return samples;
}

const median = <T>(samples: readonly T[] | undefined, figure: (sample: T) => number) =>
  percentile((samples ?? []).map(figure), 0.5);
const whole = (value: number) => Math.round(value).toLocaleString('en');
const keyOf = (side: Side, count: number) => `${side} ${count}`;
const jobsOf = <T>(
  projects: readonly (readonly [number, Project])[],
  measure: (project: Project, side: Side) => Promise<T>,
) =>
  new Map(
    SIDES.flatMap((side) =>
      projects.map(([count, project]) => [keyOf(side, count), () => measure(project, side)] as const),
    ),
  );

/** Writes projects of every size in the style of the product. */
async function projectsByCount(): Promise<(readonly [number, Project])[]> {
  const projects: (readonly [number, Project])[] = [];
  for (const count of COUNTS) {
    projects.push([count, await writeProject(`count-${count}`, count, PRODUCT_STYLE, { withClients: true })]);
  }
  return projects;
}

async function scale(rounds: number): Promise<void> {
  const jobs = jobsOf(await projectsByCount(), (project, side) => check(project.configOf(side)));
  const empty = await writeProject('count-0', 0, PRODUCT_STYLE, { withClients: false });
  jobs.set(keyOf('server', 0), () => check(empty.configOf('server')));
  const samples = await alternate<Cost>(jobs, rounds);
  const rows = SIDES.flatMap((side) =>
    [...(side === 'server' ? [0] : []), ...COUNTS].map((count) => {
      const costs = samples.get(keyOf(side, count));
      const first = median(samples.get(keyOf(side, COUNTS[0])), ({ checkSeconds }) => checkSeconds);
      const seconds = costs?.map(({ checkSeconds }) => checkSeconds) ?? [];
      return [
        `${TITLES[side]}, ${count.toLocaleString('en')}`,
        percentile(seconds, 0.5).toFixed(2),
        `${percentile(seconds, 0).toFixed(2)} … ${percentile(seconds, 1).toFixed(2)}`,
        (percentile(seconds, 0.5) / first).toFixed(2),
        median(costs, ({ totalSeconds }) => totalSeconds).toFixed(2),
        whole(median(costs, ({ instantiations }) => instantiations)),
        whole(median(costs, ({ memoryMb }) => memoryMb)),
      ];
    }),
  );
  const head = ['checked, procedures', 'check s', 'min … max', 'x 10', 'total s', 'instantiations', 'MB'];
  await publish(
    'Types',
    `\`npm run bench -- types\`: the time TypeScript takes to check generated procedures. They have the style of the product and use its base
procedures, with services and contracts in separate files and five procedures per router. _0_ is the product's server without
generated procedures, which every row of the server includes. A client makes ten calls and uses five hooks. It is checked
against the declaration that \`npm run types\` writes, and for comparison against the type of the router itself.

${conditions(rounds)}

${table(head, rows)}`,
  );
}

async function editor(rounds: number): Promise<void> {
  const measure = (project: Project, side: Side) => complete(project.openFileOf(side), 'list');
  const jobs = jobsOf(await projectsByCount(), measure);
  const largest = Math.max(...COUNTS);
  const bare = await writeProject('without-meta', largest, WITHOUT_META, { withClients: true });
  const withoutMeta = (side: Side): Key => `${keyOf(side, largest)}, without \`.meta()\``;
  for (const side of SIDES) jobs.set(withoutMeta(side), () => measure(bare, side));
  const samples = await alternate<Wait>(jobs, rounds);
  const row = (title: string, key: Key) => {
    const waits = samples.get(key);
    return [
      title,
      whole(median(waits, ({ firstMs }) => firstMs)),
      whole(median(waits, ({ againMs }) => againMs)),
    ];
  };
  const rows = SIDES.flatMap((side) => [
    ...COUNTS.map((count) => row(`${TITLES[side]}, ${count.toLocaleString('en')}`, keyOf(side, count))),
    row(`${TITLES[side]}, ${largest.toLocaleString('en')}, without \`.meta()\``, withoutMeta(side)),
  ]);
  await publish(
    'Types in an editor',
    `\`npm run bench -- types\`: the time until the language service (tsserver) returns the completions of \`client.thing1.\` (on the
server \`caller.thing1.\`) in the projects above: first after opening the file, and again after a change of the file.

${conditions(rounds)}

${table(['open file, procedures', 'first ms', 'again ms'], rows)}`,
  );
}

async function styles(rounds: number): Promise<void> {
  const jobs = new Map<Key, () => Promise<Cost>>();
  for (const [index, [name, style]] of STYLES.entries()) {
    const { configOf } = await writeProject(`style-${index}`, STYLED, style, { withClients: false });
    jobs.set(name, () => check(configOf('server')));
  }
  const empty = await writeProject('style-empty', 0, PRODUCT_STYLE, { withClients: false });
  jobs.set('no procedures', () => check(empty.configOf('server')));
  const samples = await alternate(jobs, rounds);
  const secondsOf = (key: Key) => median(samples.get(key), ({ checkSeconds }) => checkSeconds);
  const countOf = (key: Key) => median(samples.get(key), ({ instantiations }) => instantiations);
  const [[product] = ['']] = STYLES;
  const none = 'no procedures';
  const rows = STYLES.map(([name]) => [
    name,
    secondsOf(name).toFixed(2),
    (secondsOf(name) - secondsOf(none)).toFixed(2),
    ((secondsOf(name) - secondsOf(none)) / (secondsOf(product) - secondsOf(none))).toFixed(2),
    whole((countOf(name) - countOf(none)) / STYLED),
    whole(median(samples.get(name), ({ memoryMb }) => memoryMb)),
  ]);
  await publish(
    'Types by style',
    `\`npm run bench -- types\`: ${STYLED} procedures in several styles, each different from the product's style in one point.
_Own_ is the time minus that of the server without procedures, ${secondsOf(none).toFixed(2)} s.

${conditions(rounds)}

${table(['style', 'check s', 'own s', "x product's style", 'instantiations each', 'MB'], rows)}`,
  );
}

function conditions(rounds: number): string {
  return `${describeMachine(UNPINNED)} Medians of ${rounds} rounds, each figure from a new process, in alternating order.`;
}

async function publish(heading: string, text: string): Promise<void> {
  console.log(text);
  await writeSection(heading, text);
}
