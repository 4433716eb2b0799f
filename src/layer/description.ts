import type { AnyTRPCRouter, TRPCProcedureType } from '@trpc/server';
import { outputOf, proceduresOf } from './call/compile.ts';
import { loadRouter } from './call/lazy.ts';
import { checkDeprecations } from './deprecation.ts';
import { documentInfoOf, type MountOptions } from './mounts.ts';
import { createOpenApiDocumentInSlices, type OpenApiDocument } from './openapi/index.ts';
import { DEFAULT_PATHS } from './paths.ts';
import { type Endpoint, endpointsOf } from './rest/endpoint.ts';

/** A procedure of an API. */
export interface ProcedureInfo {
  /** The path in the router, such as `things.get`. */
  name: string;
  type: TRPCProcedureType;
  /** The schemas of the input, in the order of `.input()`. */
  inputs: readonly unknown[];
  /** The schema of the output; `undefined` if the procedure declares none. */
  output: unknown;
  meta: unknown;
  /** The method and the whole path of its operation; `null` if REST does not serve it. */
  rest: { method: string; path: string } | null;
}

/** What an API can say of itself. */
export interface ApiDescription {
  /**
   * Loads all lazy routers and checks every procedure. Without lazy routers, `createApi` has already done that.
   * @throws {Error} if a procedure cannot be served (the message names it); the errors of the routers' modules.
   */
  ready: () => Promise<void>;
  /** Returns all procedures, after loading lazy routers. @throws the errors of `ready`. */
  procedures: () => Promise<ProcedureInfo[]>;
  /** Creates the OpenAPI document. @throws {Error} if it or REST is disabled; the errors of `ready`. */
  document: () => Promise<OpenApiDocument>;
}

/** Returns the functions that describe an API. */
export function describeApi<C extends object>(
  options: MountOptions<C> & { router: AnyTRPCRouter },
): ApiDescription {
  const { router, rest = {} } = options;

  /** Loads the router. @returns the procedures that REST serves. */
  async function load(): Promise<Endpoint[]> {
    await loadRouter(router);
    checkDeprecations(router);
    return rest === false ? [] : endpointsOf(router, rest);
  }

  return {
    async ready() {
      await load();
    },
    async procedures() {
      const { path: base = DEFAULT_PATHS.rest } = rest === false ? {} : rest;
      const endpoints = new Map((await load()).map((endpoint) => [endpoint.name, endpoint]));
      return proceduresOf(router).map(([name, procedure]) => {
        const { type, inputs, meta } = procedure._def;
        const endpoint = endpoints.get(name);
        const operation = endpoint && { method: endpoint.method, path: base + endpoint.path };
        return { name, type, inputs, output: outputOf(procedure), meta, rest: operation ?? null };
      });
    },
    async document() {
      const info = documentInfoOf(options);
      if (!info) throw new Error('There is no OpenAPI document, because `openapi` or `rest` is false.');
      await loadRouter(router);
      return createOpenApiDocumentInSlices(router, info);
    },
  };
}
