import type { CallToolResult } from '@modelcontextprotocol/server';
import { anySignal } from '../call/any-signal.ts';
import { type Call, describeCalls, type RequestInfo } from '../call/call.ts';
import type { Eventual } from '../call/eventual.ts';
import { HeaderList } from '../call/header-list.ts';
import { whenLoaded } from '../call/lazy.ts';
import { offerProgress } from '../call/progress.ts';
import { type BufferedResponse, jsonResponse } from '../call/response.ts';
import { sizeOf } from '../decode/size.ts';
import { countValues } from '../decode/wire.ts';
import { type ApiError, CoreError } from '../errors/api-error.ts';
import type { ErrorData } from '../errors/catalog.ts';
import type { Errors } from '../errors/define.ts';
import { problem } from '../errors/problem.ts';
import { admitAll, admitOne, type CalledProcedure } from '../gate.ts';
import { isJsonType, mediaType, parseCounted, readBody } from '../http/body.ts';
import { tooMany } from '../http/json.ts';
import { nextSlice } from '../http/turns.ts';
import { MAX_BATCH_SIZE, MAX_JSON_VALUES } from '../limits.ts';
import type { MountedApi, MountFactory } from '../mounts.ts';
import { once } from '../once.ts';
import { respondOnce } from '../rest/idempotency.ts';
import { isPlainObject } from '../rest/text.ts';
import type { TextResponse } from '../rest/output.ts';
import { toTrpcError } from '../trpc/error.ts';
import { failureOf, resultOf } from './result.ts';
import type { FoundTool, ServerInfo, Toolbox } from './server.ts';
import { type Tool, type ToolDescription, toolsOf } from './tool.ts';

const OK = 200;
const BAD_REQUEST = 400;
/** The codes of JSON-RPC 2.0: for invalid JSON, and for errors that a server defines itself. */
const PARSE_ERROR = -32_700;
const SERVER_ERROR = -32_000;

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
  /** Returns false for a procedure that is not a tool for any caller. Default: all procedures are offered. */
  offers?: (called: CalledProcedure) => boolean;
  /** Returns for a caller which tools it may call. Others are not listed. Default: all. */
  permits?: (ctx: C) => Eventual<(called: CalledProcedure) => boolean>;
  /**
   * Checks that the caller may call a tool, before any message of the request is handled. Its error is the response to
   * the whole request, such as 403 with a challenge. Default: only the procedures check.
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
 * @returns a mount for `createApi({ mounts: [mcp({ name, version })] })`, which throws an Error for two procedures
 *   with the same tool name.
 */
export function mcp<C extends object>({
  path = '/api/mcp',
  authenticate,
  offers,
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
      return toolsOf(router, { ...(offers && { offers }), takesKeys, warn });
    });

    const toolboxOf = (call: Call<C>): Toolbox => ({
      async list() {
        const permitted = await permits(await call.context());
        const descriptions: ToolDescription[] = [];
        for (const offered of (await compiled()).values()) {
          if (!permitted(offered)) continue;
          // The first list writes the schemas of all tools.
          await nextSlice();
          const tool = offered.tool();
          if (tool) descriptions.push(tool.description);
        }
        return descriptions;
      },
      async find(name) {
        const tool = (await compiled()).get(name)?.tool();
        return tool ? foundTool(tool, call, api) : undefined;
      },
    });

    /** Returns the maximum number of values in a request. */
    const mostValues = once(async () => {
      const sizes = [...(await compiled()).values()].map(({ procedure }) => sizeOf(procedure).maxValues);
      return maxBatchSize * (MAX_JSON_VALUES + Math.max(0, ...sizes));
    });

    /**
     * Checks the number of values of a message. The arguments of a tool are not counted, because they have the limit of
     * their procedure.
     */
    async function checkSize(message: unknown): Promise<void> {
      const called = toolCall(message);
      const isKnown = called !== null && (await compiled()).has(called.name);
      const values = countValues(message) - (isKnown ? countValues(called.arguments) : 0);
      if (values > MAX_JSON_VALUES) throw tooMany(MAX_JSON_VALUES);
    }

    /** Reads the message of a request, or its batch, and counts the calls of a batch after its first one. */
    async function readMessage(call: Call<C>): Promise<unknown> {
      const { json, values } = parseCounted(await readBody(call), { maxValues: await mostValues() });
      const messages: unknown[] = Array.isArray(json) ? json : [json];
      if (messages.length > maxBatchSize) {
        throw new CoreError('BAD_REQUEST', { detail: `A batch can have at most ${maxBatchSize} messages.` });
      }
      await admitAll(
        admit,
        call,
        messages.slice(1).map(() => undefined),
      );
      if (values > MAX_JSON_VALUES) await Promise.all(messages.map(checkSize));
      return json;
    }

    /** Finds the calls of tools among the messages of a request, and checks them. @throws the errors of `authorize` */
    async function authorizeCalls(call: Call<C>, message: unknown): Promise<void> {
      const found: ToolCall[] = [];
      for (const each of Array.isArray(message) ? (message as unknown[]) : [message]) {
        const called = toolCall(each);
        const tool = called && (await compiled()).get(called.name);
        if (tool) found.push({ tool, args: called.arguments });
      }
      call.describe(() => describeTools(call, found));
      if (!authorize) return;
      for (const { tool } of found) await authorize(await call.context(), tool);
    }

    return {
      name: 'mcp',
      path,
      ignoresCookies: true,
      // The protocol requires it (Streamable HTTP, security warning).
      checksOrigin: true,
      async surface(call) {
        await admitOne(admit, call);
        await authenticate?.(call);
        const { method, signal } = call;
        const isRead = method === 'POST' && isJsonType(mediaType(call));
        const message = isRead ? await readMessage(call) : undefined;
        await authorizeCalls(call, message);
        const request = new Request(call.url, { method, headers: call.request.headers, signal });
        const { status, headers: own, body } = await (await serve())(request, toolboxOf(call), message);
        const headers = new Headers(own);
        headers.set('cache-control', 'private, no-store, no-transform');
        for (const [name, value] of call.responseHeaders) headers.append(name, value);
        return new Response(body, { status, headers });
      },
      failure: (error, call) => rejection(errors, error, call.id),
    };
  };
}

/** A call of a tool. */
interface ToolCall {
  tool: CalledProcedure;
  args: unknown;
}

/** Describes a request like tRPC's adapters do. A context that is created before the body is read sees no calls. */
function describeTools(call: Call, found: readonly ToolCall[]): RequestInfo {
  const calls = found.map(({ tool: { name, procedure }, args }, batchIndex) => ({
    path: name,
    batchIndex,
    procedure,
    getRawInput: () => Promise.resolve(args),
    result: () => args,
  }));
  return describeCalls(call, { calls });
}

/** Returns the parameters of a message that calls a tool; `null` for any other message. */
function toolCall(message: unknown): { name: string; arguments?: unknown } | null {
  if (!isPlainObject(message) || message['method'] !== 'tools/call') return null;
  const { params } = message;
  if (!isPlainObject(params) || typeof params['name'] !== 'string') return null;
  return { name: params['name'], arguments: params['arguments'] };
}

/** Returns a tool that is called in a request. */
function foundTool<C extends object>(
  tool: Tool,
  call: Call<C>,
  { errors, report, idempotency }: MountedApi<C>,
): FoundTool {
  const { name: path, type, description, invoke } = tool;
  return {
    description,
    async call(args, cancelled, sendProgress) {
      let input: unknown;
      try {
        const read = tool.read(args);
        ({ input } = read);
        const ctx = await call.context();
        const signal = anySignal(call.signal, cancelled);
        if (sendProgress) offerProgress(signal, sendProgress);
        const work = async () => {
          const output = await invoke({ ctx, path, type, readInput: () => input, signal, batchIndex: 0 });
          return tool.encode(output);
        };
        if (read.key === null || !idempotency) return resultOf(tool, await work());
        // A key belongs to one surface, because its response is stored in the form of that surface.
        const keyed = { key: read.key, endpoint: { name: `${path} by MCP` }, input, call, ctx, errors };
        const response = await respondOnce(idempotency, keyed, async () => ({
          status: OK,
          headers: new HeaderList(),
          body: await work(),
        }));
        return await storedResult(tool, response);
      } catch (thrown) {
        const error = errors.toError(thrown);
        report(toTrpcError(error), call, { type, path, input });
        return failureOf(errors.dataOf(error, call.id));
      }
    },
  };
}

/** Returns the result of a call with a key. A replay has the JSON of the first call. */
async function storedResult(tool: Tool, response: TextResponse | Response): Promise<CallToolResult> {
  const text = response instanceof Response ? await response.text() : response.body;
  // The errors of the layer were written by `problemDocument`.
  if (response.status >= BAD_REQUEST) return failureOf(JSON.parse(text ?? '{}') as ErrorData);
  return resultOf(tool, text);
}

/** Returns the response to a request that is rejected before its messages are handled, as an error of JSON-RPC. */
function rejection(errors: Errors, error: ApiError, id: string): BufferedResponse {
  const { status, headers } = problem(errors, error, id);
  const data = errors.dataOf(error, id);
  const code = error.kind === 'MALFORMED_JSON' ? PARSE_ERROR : SERVER_ERROR;
  headers.set('content-type', 'application/json');
  return {
    ...jsonResponse({ jsonrpc: '2.0', id: null, error: { code, message: data.detail, data } }),
    status,
    headers,
  };
}
