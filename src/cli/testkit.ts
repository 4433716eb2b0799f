import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');

/** The result of a command. */
export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** A temporary folder with the built command line and projects that have our packages. */
export interface Workspace {
  folder: string;
  /** Writes the files of a project. @returns the path of its folder. */
  project: (name: string, files: Record<string, string>) => string;
  /** Runs a command in a project. @param env the variables to add to the environment. */
  run: (project: string, args: readonly string[], env?: Record<string, string>) => Promise<Ran>;
  /** Runs the program of the layer's package, which runs the command line if the project has it. */
  runLayer: (project: string, args: readonly string[]) => Promise<Ran>;
  /** Installs the command line in a project. */
  install: (project: string) => void;
  remove: () => void;
}

/** Builds the package of the command line into a new workspace. */
export async function createWorkspace(): Promise<Workspace> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'layer-cli-')));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const cli = join(folder, 'cli');
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts/cli/main.ts'), cli]);
  return {
    folder,
    project(name, files) {
      writeFiles(join(folder, name), files);
      return join(folder, name);
    },
    run: (project, args, env = {}) => runNode([join(cli, 'cli/bin.js'), ...args], project, env),
    runLayer: (project, args) => runNode([join(ROOT, 'src/layer/bin.ts'), ...args], project, {}),
    install(project) {
      const scope = join(project, 'node_modules/@switchboard');
      mkdirSync(scope, { recursive: true });
      symlinkSync(cli, join(scope, 'cli'), 'junction');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Writes the files of a folder, by their paths in it. */
export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Runs Node.js. @param env the variables to add to the environment. */
function runNode(args: readonly string[], folder: string, env: Record<string, string>): Promise<Ran> {
  const { NODE_ENV: _, ...inherited } = process.env;
  const options = { cwd: folder, env: { ...inherited, NODE_ENV: 'development' as const, ...env } };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

const TSCONFIG = {
  compilerOptions: {
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    jsx: 'preserve',
    noEmit: true,
    allowJs: true,
    skipLibCheck: true,
    resolveJsonModule: true,
    experimentalDecorators: true,
    types: [],
    paths: { '~/*': ['./src/*'] },
  },
  include: ['src'],
};
export const TSCONFIG_TEXT = JSON.stringify(TSCONFIG);

/** A router in one file. @param procedures the text of its procedures. */
export const routerText = (procedures: string) => `
import { initTRPC, lazy } from '@trpc/server';
import { z } from 'zod';
const t = initTRPC.meta<object>().create();
const { procedure } = t;
export const appRouter = t.router({ ${procedures} });
`;

/**
 * A project in the layout of create-t3-app: aliases, settings that are validated when they are imported, a database
 * that connects at once, modules without extensions, and a lazy router.
 */
export const T3_FILES = {
  'package.json': '{ "name": "t3", "private": true, "type": "module" }',
  'tsconfig.json': TSCONFIG_TEXT,
  'src/env.js': `
import { z } from 'zod';
const Env = z.object({ AUTH_SECRET: z.string(), DATABASE_URL: z.string().url() });
const parsed = Env.safeParse({ AUTH_SECRET: process.env.AUTH_SECRET, DATABASE_URL: process.env.DATABASE_URL });
if (!parsed.success && !process.env.SKIP_ENV_VALIDATION) {
  console.error('Invalid environment variables:', parsed.error.issues);
  throw new Error('Invalid environment variables');
}
export const env = parsed.data ?? {};
`,
  'src/server/db/index.ts': `
import { connect, createServer } from 'node:net';
import { env } from '~/env';
// A pool connects at once, and its handles keep a process alive.
createServer().listen(0);
setInterval(() => undefined, 1000);
connect(1, '127.0.0.1');
void Promise.reject(new Error('no database'));
console.log('connected to the database');
export enum Order { Newest = 'newest', Oldest = 'oldest' }
export const db = { url: env.DATABASE_URL };
`,
  'src/server/db/names.json': '["Ada", "Grace"]',
  'src/server/api/trpc.ts': `
import 'server-only';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { ZodError } from 'zod';
import { db } from '~/server/db';
export const createTRPCContext = async (options: { headers: Headers }) => {
  throw new Error('createTRPCContext was called');
  return { db, ...options };
};
const t = initTRPC.context<typeof createTRPCContext>().meta<object>().create({
  transformer: superjson,
  errorFormatter: ({ shape, error }) => ({
    ...shape,
    data: { ...shape.data, zodError: error.cause instanceof ZodError ? error.cause.flatten() : null },
  }),
});
export const createTRPCRouter = t.router;
export const publicProcedure = t.procedure;
`,
  'src/server/api/routers/post.tsx': `
import 'client-only';
import { alpha } from 'computed-exports';
import { z } from 'zod';
import names from '~/server/db/names.json';
import { Order } from '../../db';
import { createTRPCRouter, publicProcedure } from '../trpc';
const sealed = (value: unknown) => value;
class Mail { title = alpha as string; }
sealed(Mail);
export const Post = z.object({ id: z.string(), name: z.string() }).meta({ id: 'Post', description: 'A post.' });
export const view = () => <b>{new Mail().title}</b>;
export const postRouter = createTRPCRouter({
  latest: publicProcedure
    .meta({ openapi: { method: 'GET', path: '/posts/latest', tags: ['post'], summary: 'The latest post' } })
    .input(z.object({ order: z.enum(Order).default(Order.Newest) }))
    .output(Post)
    .query(() => ({ id: '1', name: names[0] ?? '' })),
  create: publicProcedure
    .meta({ openapi: { method: 'POST', path: '/posts/{post-id}', tags: ['post'] } })
    .input(z.object({ 'post-id': z.string(), name: z.string() }))
    .output(Post)
    .mutation(({ input }) => ({ id: input['post-id'], name: input.name })),
  search: publicProcedure.input(z.string()).query(({ input }) => ({ input, at: new Date() })),
});
`,
  'src/server/api/routers/later.ts': `
import { createTRPCRouter, publicProcedure } from '~/server/api/trpc';
export const laterRouter = createTRPCRouter({ ping: publicProcedure.query(() => 'pong' as const) });
`,
  'src/server/api/root.ts': `
import { lazy } from '@trpc/server';
import { postRouter } from '~/server/api/routers/post';
import { createTRPCRouter } from '~/server/api/trpc';
export const appRouter = createTRPCRouter({
  post: postRouter,
  later: lazy(() => import('~/server/api/routers/later').then((m) => m.laterRouter)),
});
`,
  'node_modules/computed-exports/package.json': '{ "name": "computed-exports", "version": "1.0.0" }',
  'node_modules/computed-exports/index.js': `for (const name of ['alpha', 'beta']) exports[name] = name;`,
};
/** Settings that the project accepts. */
export const T3_ENV = 'AUTH_SECRET=secret\nDATABASE_URL=postgres://user:password@localhost:1/app\n';
