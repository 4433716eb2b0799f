import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import nextEnv from '@next/env';
import type { AnyTRPCRouter } from '@trpc/server';
import { createJiti, type Jiti } from 'jiti';
import { type Api, createApi } from '#layer/index';
import { Problem } from '../problem.ts';
import { importProblem, shown } from './failure.ts';
import { type SettingsWatch, watchSettings } from './settings.ts';
import { parseTarget, type Target } from './target.ts';

/** The exports that are tried if `--router` names none. */
const DEFAULT_EXPORTS = ['appRouter', 'router', 'default'];

/** What the command line needs of an API that `createApi` returned. */
export type DescribedApi = Pick<Api, 'procedures' | 'document' | 'ready' | 'request'>;

/** A router or an API, with its source. */
export interface Loaded {
  exported: AnyTRPCRouter | DescribedApi;
  /** The path of the module that exports it. */
  path: string;
  /** The name of the package that exports it; `undefined` if `--router` names a file. */
  packageName: string | undefined;
  exportName: string;
  /** The path of the tsconfig.json that applies; `undefined` if there is none. */
  tsconfig: string | undefined;
}

/**
 * Imports a router or an API, as Next.js would: with the `paths` of tsconfig.json, imports without extensions, JSON, JSX, and the
 * settings of .env files. All lazy routers are loaded. Nothing is called.
 * @throws {Problem} that names the file, the export and the fix.
 */
export async function load(text: string, tsconfigOption?: string): Promise<Loaded> {
  const folder = process.cwd();
  loadEnvironment(folder);
  const target = parseTarget(text, folder);
  const start = target.isPackage ? folder : dirname(fileURLToPath(target.specifier));
  const tsconfig = tsconfigOf(tsconfigOption, [start, folder]);
  const jiti = createJiti(pathToFileURL(join(folder, 'package.json')).href, {
    fsCache: false,
    jsx: { runtime: 'automatic' },
    tsconfigPaths: tsconfig ?? false,
    virtualModules: { 'server-only': {}, 'client-only': {} },
  });
  const path = fileOf(target, text, jiti);
  const settings = watchSettings();
  explainInterruption = (reason) => toProblem(new Error(reason), shown(path), settings);
  try {
    const module = await jiti.import<object>(path);
    const { exported, exportName } = pick(module, target.exportName, shown(path));
    if (isRouter(exported)) {
      const options = { router: exported, createContext: () => ({}), rpc: false, rest: false } as const;
      await createApi(options).ready();
    }
    settings.stop();
    return {
      exported,
      path,
      packageName: target.isPackage ? target.specifier : undefined,
      exportName,
      tsconfig,
    };
  } catch (error) {
    throw toProblem(error, shown(path), settings);
  } finally {
    explainInterruption = undefined;
  }
}

let explainInterruption: ((reason: string) => Problem) | undefined;

/**
 * Returns the explanation if the process ends while a router is being imported; `undefined` if none is.
 * @param reason the reason in a few words, such as `a module has ended the process`.
 */
export function interruptedImport(reason: string): Problem | undefined {
  return explainInterruption?.(reason);
}

function toProblem(error: unknown, file: string, settings: SettingsWatch): Problem {
  if (!(error instanceof Problem)) return importProblem(error, file, settings);
  settings.stop();
  return error;
}

/** Reads the .env files of a folder into the environment. Without NODE_ENV, it does so as `next dev` does. */
function loadEnvironment(folder: string): void {
  const given: string | undefined = process.env['NODE_ENV'];
  const isDevelopment = [undefined, 'development'].includes(given);
  if (isDevelopment) Object.assign(process.env, { NODE_ENV: 'development' });
  nextEnv.loadEnvConfig(folder, isDevelopment, { info: () => undefined, error: console.error });
}

function tsconfigOf(option: string | undefined, starts: readonly string[]): string | undefined {
  if (option !== undefined) {
    const path = resolve(option);
    if (existsSync(path)) return path;
    throw new Problem(`There is no file ${option}, which --tsconfig names.`, 2);
  }
  for (const start of starts) {
    for (let folder = start; ; folder = dirname(folder)) {
      const found = ['tsconfig.json', 'jsconfig.json'].map((name) => join(folder, name)).find(existsSync);
      if (found !== undefined) return found;
      if (folder === dirname(folder)) break;
    }
  }
  return undefined;
}

/** Returns the path of the file that exports the router. @throws {Problem} if there is none. */
function fileOf({ specifier, isPackage }: Target, text: string, jiti: Jiti): string {
  if (!isPackage) {
    const path = fileURLToPath(specifier);
    const found = statSync(path, { throwIfNoEntry: false })?.isFile()
      ? path
      : jiti.esmResolve(path, { try: true });
    if (found !== undefined) return found.startsWith('file:') ? fileURLToPath(found) : found;
    throw new Problem(
      `There is no file ${shown(path)}. --router takes the file that exports the router, such as ` +
        './src/server/api/root.ts#appRouter, or the name of a package.',
      2,
    );
  }
  const found = jiti.esmResolve(specifier, { try: true });
  if (found?.startsWith('file:')) return fileURLToPath(found);
  throw new Problem(
    `The package ${specifier} cannot be found from ${process.cwd()}. Install it, or write a file as ./${text}.`,
    2,
  );
}

/** Returns the router or the API that a module exports. @throws {Problem} that names its exports if there is none. */
function pick(module: object, exportName: string | undefined, file: string) {
  const values = new Map<string, unknown>(Object.entries(module));
  // A CommonJS module may export nothing but the router.
  if (isRouter(module)) values.set('default', module);
  for (const name of exportName === undefined ? DEFAULT_EXPORTS : [exportName]) {
    const found = values.get(name);
    if (isRouter(found) || isApi(found)) return { exported: found, exportName: name };
  }
  const names = [...values.keys()];
  const routers = names.filter((name) => isRouter(values.get(name)) || isApi(values.get(name)));
  const missing =
    exportName === undefined
      ? `${file} exports no router as ${DEFAULT_EXPORTS.join(', ')}.`
      : names.includes(exportName)
        ? `${exportName} of ${file} is not a tRPC router.`
        : `${file} has no export ${exportName}.`;
  const fix =
    routers.length > 0
      ? `Add one of its routers to --router: ${routers.map((name) => `#${name}`).join(', ')}.`
      : `Its exports are ${names.length > 0 ? names.join(', ') : 'none'}. Export what t.router({ … }) returns.`;
  return fail(`${missing} ${fix}`);
}

function fail(message: string): never {
  throw new Problem(message, 2);
}

/** True for a router of any copy of tRPC. */
export function isRouter(value: unknown): value is AnyTRPCRouter {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const definition: unknown = Reflect.get(value, '_def');
  return typeof definition === 'object' && definition !== null && Reflect.get(definition, 'router') === true;
}

/** True for an API of any copy of the layer. */
function isApi(value: unknown): value is DescribedApi {
  if (typeof value !== 'object' || value === null) return false;
  return ['procedures', 'document', 'ready', 'request'].every(
    (key) => typeof Reflect.get(value, key) === 'function',
  );
}
