import { initTRPC, lazy, tracked } from '@trpc/server';
import { type DefaultTreeAdapterTypes as Tree, parse } from 'parse5';
import { z } from 'zod';
import { createApi } from '../api.ts';
import type { Meta } from '../meta.ts';
import { trackedIterable } from '../stream/iterable.ts';

/** Builds routers. */
export const t = initTRPC.meta<Meta>().create({ isDev: false });
/** A text that tries to leave its place. */
export const EVIL = `"><script>alert('1')</script>\`\`<img src=x onerror=alert(1)>`;

interface NodeValue {
  name: string;
  children: NodeValue[];
}
/** A schema that contains itself. */
export const Node: z.ZodType<NodeValue> = z
  .object({ name: z.string(), children: z.array(z.lazy(() => Node)) })
  .meta({ id: 'Node', description: 'A node.' });
const Animal = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('cat'), lives: z.int().min(1).max(9) }),
  z.object({ kind: z.literal('dog'), name: z.string().max(20).describe('What to call.') }),
]);

const things = t.router({
  get: t.procedure
    .meta({
      openapi: {
        method: 'GET',
        path: '/things/{id}',
        summary: 'Get a thing',
        description: 'Reads **one** thing. [Bad](javascript:alert(1)) [good](https://example.com)',
      },
    })
    .input(z.object({ id: z.uuid(), deep: z.boolean().default(false).describe('Everything.') }))
    .output(Node)
    .query(() => ({ name: '', children: [] })),
  create: t.procedure
    .meta({ openapi: { method: 'POST', path: '/things' }, rest: { status: 201 } })
    .input(z.object({ animal: Animal, counts: z.record(z.string(), z.int()), file: z.file().optional() }))
    .output(z.object({ id: z.string() }))
    .mutation(() => ({ id: '1' })),
  put: t.procedure
    .meta({
      openapi: { method: 'PUT', path: '/things/{id}' },
      deprecated: { since: '2026-01-31', sunset: '2027-01-31', successor: 'things.create' },
    })
    .input(z.object({ id: z.string(), size: z.number().transform(String) }))
    .output(z.object({ date: z.date(), shape: z.custom<string>() }))
    .mutation(() => ({ date: new Date(), shape: '' })),
  watch: t.procedure
    .meta({ openapi: { enabled: false, method: 'GET', path: '/watch' }, rest: { sse: true } })
    .input(z.object({ lastEventId: z.string().optional() }))
    .output(trackedIterable(z.object({ seen: z.int() })))
    .subscription(async function* () {
      yield tracked('1', { seen: 1 });
      await Promise.resolve();
    }),
  bare: t.procedure.mutation(() => 1),
  upload: t.procedure
    .meta({ openapi: { method: 'POST', path: '/upload' } })
    .input(z.object({ photo: z.file(), "it's": z.string().meta({ examples: [`$(x) "y" 'z'`] }) }))
    .output(z.void())
    .mutation(() => undefined),
  types: t.procedure
    .input(
      z.object({
        at: z.date(),
        big: z.bigint().optional(),
        tags: z.set(z.enum(['a'])),
        counts: z.map(z.enum(['a', 'b']), z.date()),
        list: z.array(z.union([z.object({ on: z.date() }), z.null()])),
      }),
    )
    .output(z.string())
    .query(() => ''),
});
/** Procedures of all kinds. */
export const appRouter = t.router({
  things,
  'a b"<': t.router({
    [EVIL.replaceAll('.', '')]: t.procedure
      .meta({ openapi: { method: 'GET', path: '/evil', summary: EVIL, description: EVIL } })
      .input(z.object({ [EVIL]: z.string().default(EVIL).describe(EVIL) }))
      .output(z.enum([EVIL, 'other']))
      .query(() => 'other' as const),
  }),
  errors: t.router({ list: t.procedure.query(() => 1), lastSeen: t.procedure.query(() => 1) }),
  late: lazy(() => Promise.resolve(t.router({ ping: t.procedure.query(() => 'pong') }))),
});

/** The router with its reference. */
export const api = createApi({
  router: appRouter,
  createContext: () => ({}),
  openapi: {
    title: 'Zoo & Co',
    version: '1',
    description: 'All about animals.',
    tags: { things: 'The *things*.' },
  },
  access: {
    schemes: { key: { type: 'http', scheme: 'bearer', description: 'A token.' } },
    security: ({ type }) => (type === 'mutation' ? [{ key: ['write'] }] : []),
    note: ({ name }) => (name === 'things.create' ? 'Only by day.' : undefined),
  },
  docs: {
    guides: () => [
      {
        file: 'start.md',
        markdown:
          '# Start here\n\nSee [more](sub/more.md#b), [code](../src/a.ts) and <b>tags</b>.\n\n| a | b |\n| - | - |\n| 1 | `2` |',
      },
      { file: 'sub/more.md', markdown: '# More\n\n## B\n\n[back](../start.md)' },
    ],
    repository: { url: 'https://code.example/', fileOf: ({ name }) => `src/${name}.ts`, guides: 'docs' },
    mcp: { path: '/api/mcp' },
    sdk: { variable: 'zoo', resources: { things: 'stuff' } },
    limitsOf: ({ name }) => (name === 'things.get' ? ['One of `5` calls.'] : []),
  },
  warn: () => undefined,
});

type Element = Tree.Element;

/** Returns all elements of a page, parsed as browsers do. */
export function elementsOf(html: string): Element[] {
  const found: Element[] = [];
  const visit = (node: Tree.Node) => {
    if ('attrs' in node) found.push(node);
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parse(html));
  return found;
}

/** Returns the text of a node. */
export function textOf(node: Tree.Node): string {
  if ('value' in node && typeof node.value === 'string') return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

/** Returns the value of an attribute. */
export const attribute = ({ attrs }: Element, name: string) => attrs.find((one) => one.name === name)?.value;

/** Opens a page of the reference. */
export async function open(path: string) {
  const response = await api.request(path);
  const html = await response.text();
  const all = elementsOf(html);
  const main = all.find(({ tagName }) => tagName === 'main');
  return { response, html, all, text: main ? textOf(main).replaceAll(/\s+/g, ' ') : '' };
}

const Index = z.object({ pages: z.array(z.object({ name: z.string(), path: z.string().optional() })) });

/** Returns the pages that the index lists, with the paths that it leaves out because they follow from the names. */
export async function indexedPages(): Promise<{ name: string; path: string }[]> {
  const response = await api.request('/api/docs/index.json');
  const { pages } = Index.parse(await response.json());
  return pages.map(({ name, path = name.replaceAll('.', '/') }) => ({ name, path }));
}
