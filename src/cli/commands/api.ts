import { type Api, createApi } from '#layer/index';
import type { Command } from '../arguments.ts';
import { messageOf, Problem, report } from '../problem.ts';
import { type LoadedRouter, loadRouter } from '../router/load.ts';

/** A router that a command has loaded, and the API that serves it. */
export interface LoadedApi extends LoadedRouter {
  api: Api;
  /** Prints a warning if no procedure is a REST endpoint. @returns the number of those that are. */
  countEndpoints: () => Promise<number>;
}

/** The explanation if there is nothing to describe. */
export const NO_ENDPOINT =
  'No procedure of this router is a REST endpoint. Add .meta({ openapi: { method, path } }) to those that should be.';

/**
 * Loads the router that a command names, and creates an API with its options. Nothing is called.
 * @throws {Problem} with everything that cannot be served.
 */
export async function loadApi(command: Command): Promise<LoadedApi> {
  const options = optionsOf(command);
  const loaded = await loadRouter(command.router, command.options.tsconfig);
  const warn = (text: string): void => report(`warning: ${text}`);
  const api = await asProblem(async () =>
    createApi({ router: loaded.router, createContext, warn, ...options }),
  );
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

/** Converts what a step throws to a Problem, because its message names the procedures. */
export async function asProblem<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw new Problem(messageOf(error));
  }
}

function createContext(): never {
  throw new Error('The command line calls no procedure, so it needs no context.');
}

/** Returns the options of the API and its document. */
function optionsOf({ options }: Command) {
  const { title = 'API', 'api-version': version = '0', server, 'rest-path': restPath } = options;
  if (server !== undefined && !URL.canParse(server)) {
    throw new Problem(`--server must be a URL such as https://app.example.com, not ${server}.`, 2);
  }
  if (restPath !== undefined && !restPath.startsWith('/')) {
    throw new Problem(`--rest-path must be a path such as /api/v1, not ${restPath}.`, 2);
  }
  return {
    openapi: { title, version, ...(server !== undefined && { serverUrl: server }) },
    rest: restPath === undefined ? {} : { path: restPath.replace(/\/$/, '') },
  };
}
