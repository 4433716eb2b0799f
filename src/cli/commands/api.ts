import { createApi } from '#layer/index';
import { DEFAULT_PATHS } from '#layer/paths';
import type { Command, Option } from '../arguments.ts';
import { asProblem, Problem, report } from '../problem.ts';
import { type DescribedApi, isRouter, type Loaded, load } from '../router/load.ts';

/** A router that a command has loaded, and the API that serves it. */
export interface LoadedApi extends Loaded {
  api: DescribedApi;
  /** Prints a warning if no procedure is a REST endpoint. @returns the number of those that are. */
  countEndpoints: () => Promise<number>;
}

/** The explanation if there is nothing to describe. */
export const NO_ENDPOINT =
  'No procedure of this router is a REST endpoint. Add .meta({ openapi: { method, path } }) to those that ' +
  'should be, or use --unnamed.';

/** The options that `createApi` has, too. */
const API_OPTIONS = ['title', 'api-version', 'server', 'rest-path', 'unnamed'] as const satisfies Option[];

/**
 * Loads what a command names: an API, or a router, which gets an API with the options of the command. Nothing is called.
 * @throws {Problem} with everything that cannot be served.
 */
export async function loadApi(command: Command): Promise<LoadedApi> {
  const options = optionsOf(command);
  const loaded = await load(command.router, command.options.tsconfig);
  const { exported: given, exportName } = loaded;
  const warned = new Set<string>();
  const warn = (text: string): void => {
    // Several surfaces can find the same fault.
    if (!warned.has(text)) report(`warning: ${text}`);
    warned.add(text);
  };
  const api = isRouter(given)
    ? await asProblem(async () => createApi({ router: given, createContext, warn, ...options }))
    : given;
  const other = API_OPTIONS.find((option) => command.options[option] !== undefined);
  if (!isRouter(given) && other !== undefined) {
    throw new Problem(
      `${exportName} has its own options, so --${other} has no effect. Set it in createApi.`,
      2,
    );
  }
  await asProblem(() => api.ready());
  return {
    ...loaded,
    api,
    async countEndpoints() {
      const procedures = await asProblem(() => api.procedures());
      const { length } = procedures.filter(({ rest }) => rest !== null);
      if (length === 0) warn(NO_ENDPOINT);
      return length;
    },
  };
}

function createContext(): never {
  throw new Error('The command line calls no procedure, so it needs no context.');
}

/** Returns the options of the API and its document. */
function optionsOf({ name, options }: Command) {
  const {
    title = 'API',
    'api-version': version = '0',
    server,
    'rest-path': restPath,
    'docs-path': docsPath = DEFAULT_PATHS.docs,
    unnamed = false,
  } = options;
  if (server !== undefined && !URL.canParse(server)) {
    throw new Problem(`--server must be a URL such as https://app.example.com, not ${server}.`, 2);
  }
  if (restPath !== undefined && !restPath.startsWith('/')) {
    throw new Problem(`--rest-path must be a path such as /api/v1, not ${restPath}.`, 2);
  }
  if (!/^(?:\/[\w.~-]+)+$/.test(docsPath)) {
    throw new Problem(`--docs-path must be a path such as /docs, not ${docsPath}.`, 2);
  }
  return {
    openapi: { title, version, ...(server !== undefined && { serverUrl: server }) },
    ...(name === 'docs' && { docs: { path: docsPath } }),
    rest: { unnamed, ...(restPath !== undefined && { path: restPath.replace(/\/$/, '') }) },
  };
}
