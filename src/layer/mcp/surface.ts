import { type Call, describeCalls, type RequestInfo } from '../call/call.ts';
import type { Eventual } from '../call/eventual.ts';
import { HeaderList } from '../call/header-list.ts';
import { whenLoaded } from '../call/lazy.ts';
import { type ApiResponse, type BufferedResponse, jsonResponse } from '../call/response.ts';
import { sizeOf } from '../decode/size.ts';
import type { ApiError } from '../errors/api-error.ts';
import type { Errors } from '../errors/define.ts';
import { problem } from '../errors/problem.ts';
import { admitAll, admitOne, type CalledProcedure } from '../gate.ts';
import { isJsonType, mediaType, parseCounted, readBody } from '../http/body.ts';
import { MAX_BATCH_SIZE, MAX_JSON_VALUES } from '../limits.ts';
import type { MountFactory } from '../mounts.ts';
import { once } from '../once.ts';
import type { Sees } from './described.ts';
import { libraryOf, promptBookOf } from './library.ts';
import { checkBatch, checkSize, messagesOf, type Target, targetOf } from './messages.ts';
import type { Offer } from './offer.ts';
import { compilePrompts, type McpPrompt } from './prompts.ts';
import { compileResources, type McpResource, type McpResourceTemplate } from './resources.ts';
import { codeOf } from './rpc-error.ts';
import type { ServerInfo } from './server.ts';
import { toolsOf } from './tool.ts';
import { toolboxOf } from './toolbox.ts';

const EVENT_STREAM = 'text/event-stream';

/** The options of MCP. */
export interface McpOptions<C extends object> extends ServerInfo {
  /** The path of the endpoint. Default: `/api/mcp`. */
  path?: string;
  /**
   * Authenticates the caller before the body is read. Default: every caller is accepted, and the procedures check.
   * Cookies are not visible, because a page of another site could send them.
   * @throws {ApiError} UNAUTHORIZED
   */
  authenticate?: (call: Call<C>) => Eventual<void>;
  /**
   * True to serve requests without an Authorization header too, without `authenticate`. `permits` and the procedures decide
   * what such a caller may do. With `authorize`, a call that needs more can be rejected with 401, so that the client asks
   * its person to sign in. Default: false, because clients start OAuth only after a 401.
   */
  anonymous?: boolean;
  /** Returns false for a procedure that is not a tool for any caller. Default: all procedures are offered. */
  offers?: (called: CalledProcedure) => boolean;
  /**
   * Documents that clients can read, with their URI or with the template of their URIs. The list of resources has them in
   * this order.
   */
  resources?: readonly (McpResource<C> | McpResourceTemplate<C>)[];
  /** Prompts that clients offer to people, in this order. */
  prompts?: readonly McpPrompt<C>[];
  /**
   * Returns for a caller which procedures it may call. The caller does not see the tools of others, nor the resources and
   * prompts that name them. Default: all.
   */
  permits?: (ctx: C) => Eventual<(called: CalledProcedure) => boolean>;
  /**
   * Checks that the caller may call the procedure of a tool, a resource or a prompt, before any message of the request is
   * handled. Its error is the response to the whole request, such as 403 with a challenge. Default: only the procedures
   * check.
   * @throws {ApiError} FORBIDDEN
   */
  authorize?: (ctx: C, called: CalledProcedure) => Eventual<void>;
  /** The maximum number of messages in a batch, which clients before 2025-06-18 send. Default: 20. */
  maxBatchSize?: number;
}

/**
 * Serves the procedures of a router as tools of the Model Context Protocol (https://modelcontextprotocol.io), revision
 * 2026-07-28, and for older clients 2025-11-25 and before. Nothing is kept between requests, so any instance responds to
 * any of them.
 * It needs the package `@modelcontextprotocol/server`, which is loaded at the first request.
 * @returns a mount for `createApi({ mounts: [mcp({ name, version })] })`, which throws an Error for two tools,
 *   resources or prompts with the same name.
 */
export function mcp<C extends object>({
  path = '/api/mcp',
  authenticate,
  anonymous = false,
  offers,
  resources,
  prompts,
  permits = () => () => true,
  authorize,
  maxBatchSize = MAX_BATCH_SIZE,
  ...info
}: McpOptions<C>): MountFactory<C> {
  const serve = once(async () => (await import('./server.ts')).createMcpServer(info));
  return (api) => {
    const { router, errors, admit, warn } = api;
    const compiled = whenLoaded(router, () => {
      const takesKeys = api.idempotency !== undefined;
      return {
        tools: toolsOf(router, { ...(offers && { offers }), takesKeys, warn }),
        resources: compileResources(resources ?? [], router, warn),
        prompts: compilePrompts(prompts ?? [], router, warn),
      };
    });

    /** Returns which procedures the caller may call. */
    const seesOf = async (call: Call<C>): Promise<Sees> => {
      const permitted = await permits(await call.context());
      return (called) => called === undefined || permitted(called);
    };

    function offerTo(call: Call<C>): Offer {
      const sees = () => seesOf(call);
      return {
        tools: toolboxOf(call, api, async () => (await compiled()).tools, sees),
        ...(resources && { resources: libraryOf(call, api, async () => (await compiled()).resources, sees) }),
        ...(prompts && { prompts: promptBookOf(call, api, async () => (await compiled()).prompts, sees) }),
      };
    }

    /** Returns the maximum number of values in a request. */
    const mostValues = once(async () => {
      const { tools } = await compiled();
      const sizes = [...tools.values()].map(({ procedure }) => sizeOf(procedure).maxValues);
      return maxBatchSize * (MAX_JSON_VALUES + Math.max(0, ...sizes));
    });

    /** Reads the message of a request, or its batch, and counts the calls of a batch after its first one. */
    async function readBodyOf(call: Call<C>): Promise<unknown> {
      const { json, values } = parseCounted(await readBody(call), { maxValues: await mostValues() });
      const messages = messagesOf(json);
      checkBatch(messages, maxBatchSize);
      await admitAll(
        admit,
        call,
        messages.slice(1).map(() => undefined),
      );
      const { tools } = await compiled();
      if (values > MAX_JSON_VALUES) for (const each of messages) checkSize(each, (name) => tools.has(name));
      return json;
    }

    /** Returns the procedure of what a message asks for, if it has one. */
    async function procedureOf({ method, key }: Target): Promise<CalledProcedure | undefined> {
      const { tools, resources, prompts } = await compiled();
      switch (method) {
        case 'tools/call':
          return tools.get(key);
        case 'resources/read':
          return resources.find(key)?.called;
        case 'prompts/get':
          return prompts.find(key)?.called;
      }
    }

    /** Finds what the messages of a request ask for, and checks it. @throws the errors of `authorize` */
    async function authorizeAll(call: Call<C>, messages: readonly unknown[]): Promise<void> {
      const found: Asked[] = [];
      for (const message of messages) {
        const target = targetOf(message);
        const called = target && (await procedureOf(target));
        if (called) found.push({ target, called });
      }
      call.describe(() => describeTools(call, found));
      if (!authorize) return;
      for (const { called } of found) await authorize(await call.context(), called);
    }

    return {
      name: 'mcp',
      path,
      ignoresCookies: true,
      // The protocol requires it (Streamable HTTP, security warning).
      checksOrigin: true,
      async surface(call) {
        await admitOne(admit, call);
        if (!anonymous || call.header('authorization') !== null) await authenticate?.(call);
        const { method, signal } = call;
        const isRead = method === 'POST' && isJsonType(mediaType(call));
        const body = isRead ? await readBodyOf(call) : undefined;
        await authorizeAll(call, messagesOf(body));
        const request = new Request(call.url, { method, headers: call.request.headers, signal });
        return responseOf(await (await serve())(request, offerTo(call), body), call);
      },
      failure: (error, call) => rejection(errors, error, call.id),
    };
  };
}

/** What a message asks for, and its procedure. */
interface Asked {
  target: Target;
  called: CalledProcedure;
}

/** Describes a request like tRPC's adapters do. A context that is created before the body is read sees no calls. */
function describeTools(call: Call, asked: readonly Asked[]): RequestInfo {
  const calls = asked
    .filter(({ target: { method } }) => method === 'tools/call')
    .map(({ target: { args }, called: { name, procedure } }, batchIndex) => ({
      path: name,
      batchIndex,
      procedure,
      getRawInput: () => Promise.resolve(args),
      result: () => args,
    }));
  return describeCalls(call, { calls });
}

/** Returns the SDK's response with the headers of the call. Only events are streamed, because a stream costs more. */
async function responseOf(response: Response, call: Call): Promise<ApiResponse> {
  const { status, body } = response;
  const isStream = response.headers.get('content-type') === EVENT_STREAM;
  const headers = isStream ? new Headers(response.headers) : new HeaderList(response.headers);
  headers.set('cache-control', 'private, no-store, no-transform');
  for (const [name, value] of call.responseHeaders) headers.append(name, value);
  if (headers instanceof Headers) return new Response(body, { status, headers });
  return { status, headers, body: body && (await response.text()) };
}

/** Returns the response to a request that is rejected before its messages are handled, as an error of JSON-RPC. */
function rejection(errors: Errors, error: ApiError, id: string): BufferedResponse {
  const { status, headers } = problem(errors, error, id);
  const data = errors.dataOf(error, id);
  headers.set('content-type', 'application/json');
  return {
    ...jsonResponse({ jsonrpc: '2.0', id: null, error: { code: codeOf(error), message: data.detail, data } }),
    status,
    headers,
  };
}
