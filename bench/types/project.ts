import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { declarationOf } from '#layer/cli/index';
import { ROOT } from '../lib/process.ts';
import { contractOf, HELPER, PROCEDURES_PER_RESOURCE, routerOf, serviceOf, type Style } from './resources.ts';

/** Inside the project, so that the generated code can import the project's modules. */
const FOLDER = join(ROOT, '.data/bench-types');

/** The text before the completion. It is the last text of its file. */
export const COMPLETED = { server: 'caller.thing1.', client: 'client.thing1.', inferred: 'client.thing1.' };

/** The checked code: the server, a client of the declaration, or a client of the type of the router itself. */
export type Side = keyof typeof COMPLETED;

/** A generated project. */
export interface Project {
  folder: string;
  /** Returns the path of the compiler's configuration. */
  configOf: (side: Side) => string;
  /** Returns the path of the file whose end is to be completed. */
  openFileOf: (side: Side) => string;
}

const Router = z.object({ appRouter: z.custom<Parameters<typeof declarationOf>[0]['router']>() });

/** Removes the generated projects. */
export function removeProjects(): void {
  rmSync(FOLDER, { recursive: true, force: true });
}

/**
 * Writes a project with `count` procedures, a multiple of five.
 * @param withClients also writes clients, and the declaration of the routers, which it loads for that.
 */
export async function writeProject(
  name: string,
  count: number,
  style: Style,
  { withClients }: { withClients: boolean },
): Promise<Project> {
  const folder = join(FOLDER, name);
  rmSync(folder, { recursive: true, force: true });
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const resources = Array.from({ length: count / PROCEDURES_PER_RESOURCE }, (_, i) => `Thing${i}`);
  for (const name of resources) {
    write(`server/${name}/contract.ts`, contractOf(name, style));
    write(`server/${name}/service.ts`, serviceOf(name));
    write(`server/${name}/router.ts`, routerOf(name, style));
  }
  if (style.procedure === 'helper') write('server/helper.ts', HELPER);
  write('server/index.ts', indexOf(resources, style));
  write('server/tsconfig.json', config(['**/*.ts']));
  write('server-editor/caller.ts', `${CALLER}${COMPLETED.server}`);
  write('server-editor/tsconfig.json', config(['../server/**/*.ts', '*.ts']));
  if (withClients) {
    const path = join(folder, 'server/index.ts');
    const { appRouter } = Router.parse(await import(pathToFileURL(path).href));
    const { text } = await declarationOf({ path, name: 'appRouter', router: appRouter });
    write('client/app-router.d.ts', text);
    for (const side of ['client', 'inferred'] as const) {
      const from = side === 'client' ? '../client/app-router.d.ts' : '../server/index.ts';
      write(`${side}/client.ts`, clientOf(from));
      write(`${side}/hooks.tsx`, hooksOf(from));
      write(`${side}/tsconfig.json`, config(['client.ts', 'hooks.tsx']));
      write(`${side}-editor/client.ts`, `${clientOf(from)}${COMPLETED[side]}`);
      write(`${side}-editor/tsconfig.json`, config(['client.ts', `../${side}/hooks.tsx`]));
    }
  }
  return {
    folder,
    configOf: (side) => join(folder, side, 'tsconfig.json'),
    openFileOf: (side) => join(folder, `${side}-editor`, side === 'server' ? 'caller.ts' : 'client.ts'),
  };
}

function config(include: string[]): string {
  // Some styles do not use everything that is generated.
  const compilerOptions = { incremental: false, plugins: [], noUnusedLocals: false };
  return JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), compilerOptions, include, exclude: [] });
}

function indexOf(resources: readonly string[], { routers }: Style): string {
  const imports = resources.map((name) => `import { ${name}Router } from './${name}/router.ts';`);
  const entries = resources.map((name) =>
    routers === 'flat' ? `...${name}Router` : `${name.replace('T', 't')}: ${name}Router`,
  );
  return `import { router } from '#server/procedures';
${imports.join('\n')}
export const appRouter = router({ ${entries.join(',\n')} });
export type AppRouter = typeof appRouter;
`;
}

const CALLER = `import { appRouter } from '../server/index.ts';
import type { Context } from '#server/people/context';
declare const context: Context;
const caller = appRouter.createCaller(context);
export const first = await caller.thing0.get({ id: '1' });
`;

/** Returns a client without React, which calls ten procedures. */
function clientOf(from: string): string {
  const calls = ['thing0', 'thing1'].map(
    (thing) => `  const ${thing} = await client.${thing}.list.query({ limit: 2 });
  for (const { id, owner } of ${thing}.items) {
    await client.${thing}.get.query({ id });
    await client.${thing}.create.mutate({ name: owner?.email ?? '', weight: 1 });
    await client.${thing}.update.mutate({ id, name: '', weight: 1, kind: 'small' });
    await client.${thing}.delete.mutate({ id });
  }`,
  );
  return `import { createTRPCClient, httpBatchLink } from '@trpc/client';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import superjson from 'superjson';
import type { AppRouter } from '${from}';
export type Inputs = inferRouterInputs<AppRouter>;
export type Outputs = inferRouterOutputs<AppRouter>;
export const client = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: '/', transformer: superjson })] });
export const nameOf = (thing: Outputs['thing0']['get']): string => thing.name;
export const created: Inputs['thing1']['create'] = { name: '', weight: 1 };
export async function run() {
${calls.join('\n')}
}
`;
}

/** Returns a component with the hooks of five procedures. */
function hooksOf(from: string): string {
  return `import { type CreateTRPCReact, createTRPCReact } from '@trpc/react-query';
import type { AppRouter } from '${from}';
export const trpc: CreateTRPCReact<AppRouter, unknown> = createTRPCReact<AppRouter>();
export function Things() {
  const utils = trpc.useUtils();
  const [{ pages }] = trpc.thing0.list.useSuspenseInfiniteQuery({}, { getNextPageParam: (page) => page.nextCursor });
  const one = trpc.thing1.get.useQuery({ id: '1' });
  const create = trpc.thing1.create.useMutation({ onSuccess: () => utils.thing0.list.invalidate() });
  const remove = trpc.thing1.delete.useMutation({ onError: ({ data }) => console.error(data?.code) });
  const update = trpc.thing0.update.useMutation();
  return (
    <button onClick={() => { create.mutate({ name: '', weight: 1 }); remove.mutate({ id: '1' }); update.mutate({ id: '', name: '', weight: 2 }); }}>
      {pages.flatMap(({ items }) => items).map(({ name }) => name)} {one.data?.createdAt.toISOString()}
    </button>
  );
}
`;
}
