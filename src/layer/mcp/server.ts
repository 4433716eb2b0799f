/* eslint-disable @typescript-eslint/no-deprecated, @eslint-community/eslint-comments/disable-enable-pair -- `Server` is deprecated in favor of McpServer, which compiles its tools again for each request. */
import {
  type CallToolResult,
  createMcpHandler,
  ProtocolError,
  ProtocolErrorCode,
  Server,
} from '@modelcontextprotocol/server';
import type { ReportProgress } from '../call/progress.ts';
import type { ToolDescription } from './tool.ts';

/** The time for which a client may keep a list, in milliseconds. A list changes with the permissions of its caller. */
const LIST_TTL_MS = 60_000;
/** The length of a tool name that an error repeats, in characters. */
const MAX_NAME = 64;

/** The server as clients see it. */
export interface ServerInfo {
  /** The name of the server, such as `example`. */
  name: string;
  /** The version of the server. */
  version: string;
  /** The name of the server for people. */
  title?: string;
  /** How to use the tools together, for a model. */
  instructions?: string;
}

/** The tools of one caller. */
export interface Toolbox {
  list: () => Promise<ToolDescription[]>;
  /** Returns a tool; `undefined` if there is none of that name. */
  find: (name: string) => Promise<FoundTool | undefined>;
}

/** A tool that a client calls. */
export interface FoundTool {
  description: ToolDescription;
  /**
   * Calls the tool. It never throws.
   * @param signal is aborted when the client cancels the call.
   * @param report sends the progress of the call, if the client wants to know it.
   */
  call: (args: unknown, signal: AbortSignal, report?: ReportProgress) => Promise<CallToolResult>;
}

/** Serves a request. @param message its parsed body, if it has been read. */
export type ServeMcp = (request: Request, toolbox: Toolbox, message: unknown) => Promise<Response>;

/** Returns a function that serves requests by the protocol, in its revision 2026-07-28 and those before it. */
export function createMcpServer({ instructions, ...info }: ServerInfo): ServeMcp {
  const toolboxes = new WeakMap<Request, Toolbox>();

  function createServer(toolbox: Toolbox): Server {
    const server = new Server(info, {
      capabilities: { tools: {} },
      ...(instructions !== undefined && { instructions }),
      cacheHints: { 'tools/list': { ttlMs: LIST_TTL_MS, cacheScope: 'private' } },
    });
    server.setRequestHandler('tools/list', async () => ({ tools: await toolbox.list() }));
    server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
      const tool = await toolbox.find(params.name);
      if (!tool) {
        const message = `There is no tool ${params.name.slice(0, MAX_NAME)}.`;
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, message);
      }
      const { _meta: { progressToken } = {}, signal } = mcpReq;
      const report: ReportProgress = (progress, message) => {
        const params = { progressToken, progress, ...(message !== undefined && { message }) };
        // A client that has gone gets no progress.
        mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
      };
      const result = await tool.call(
        params.arguments,
        signal,
        progressToken === undefined ? undefined : report,
      );
      return server.projectCallToolResult(result, tool.description.outputSchema);
    });
    return server;
  }

  const handler = createMcpHandler(({ requestInfo }) => {
    const toolbox = requestInfo && toolboxes.get(requestInfo);
    if (!toolbox) throw new Error('The SDK of MCP has replaced the request.');
    return createServer(toolbox);
  });

  return (request, toolbox, message) => {
    toolboxes.set(request, toolbox);
    return handler.fetch(request, message === undefined ? {} : { parsedBody: message });
  };
}
