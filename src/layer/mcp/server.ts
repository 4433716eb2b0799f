/* eslint-disable @typescript-eslint/no-deprecated, @eslint-community/eslint-comments/disable-enable-pair -- `Server` is deprecated in favor of McpServer, which compiles its tools again for each request. */
import {
  createMcpHandler,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
} from '@modelcontextprotocol/server';
import type { ReportProgress } from '../call/progress.ts';
import { Failure, type Library, type Offer, type PromptBook, type Toolbox } from './offer.ts';

/** The time for which a client may keep a list, in milliseconds. A list changes with the permissions of its caller. */
const LIST_TTL_MS = 60_000;
/** The length of a name or a URI that an error repeats, in characters. */
const MAX_NAME = 64;
const MAX_URI = 200;

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

/** Serves a request. @param message its parsed body, if it has been read. */
export type ServeMcp = (request: Request, offer: Offer, message: unknown) => Promise<Response>;

const LISTS = { ttlMs: LIST_TTL_MS, cacheScope: 'private' } as const;

/** Returns a function that serves requests by the protocol, in its revision 2026-07-28 and those before it. */
export function createMcpServer({ instructions, ...info }: ServerInfo): ServeMcp {
  const offers = new WeakMap<Request, Offer>();

  function createServer({ tools, resources, prompts }: Offer): Server {
    const server = new Server(info, {
      capabilities: { tools: {}, ...(resources && { resources: {} }), ...(prompts && { prompts: {} }) },
      ...(instructions !== undefined && { instructions }),
      cacheHints: {
        'tools/list': LISTS,
        'resources/list': LISTS,
        'resources/templates/list': LISTS,
        'prompts/list': LISTS,
      },
    });
    serveTools(server, tools);
    if (resources) serveResources(server, resources);
    if (prompts) servePrompts(server, prompts);
    return server;
  }

  const handler = createMcpHandler(({ requestInfo }) => {
    const offer = requestInfo && offers.get(requestInfo);
    if (!offer) throw new Error('The SDK of MCP has replaced the request.');
    return createServer(offer);
  });

  return (request, offer, message) => {
    offers.set(request, offer);
    return handler.fetch(request, message === undefined ? {} : { parsedBody: message });
  };
}

function serveTools(server: Server, tools: Toolbox): void {
  server.setRequestHandler('tools/list', async () => ({ tools: orThrow(await tools.list()) }));
  server.setRequestHandler('tools/call', async ({ params }, { mcpReq }) => {
    const tool = await tools.find(params.name);
    if (!tool) throw unknownName('tool', params.name);
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
}

function serveResources(server: Server, { list, templates, read }: Library): void {
  server.setRequestHandler('resources/list', async (_request, { mcpReq: { signal } }) => ({
    resources: orThrow(await list(signal)),
  }));
  server.setRequestHandler('resources/templates/list', async () => ({
    resourceTemplates: orThrow(await templates()),
  }));
  server.setRequestHandler('resources/read', async ({ params: { uri } }, { mcpReq: { signal } }) => {
    const content = orThrow(await read(uri, signal));
    if (!content) {
      const named = uri.slice(0, MAX_URI);
      throw new ResourceNotFoundError(named, `There is no resource ${named}.`);
    }
    return { contents: [{ uri, ...content }] };
  });
}

function servePrompts(server: Server, { list, get }: PromptBook): void {
  server.setRequestHandler('prompts/list', async () => ({ prompts: orThrow(await list()) }));
  server.setRequestHandler('prompts/get', async ({ params }, { mcpReq: { signal } }) => {
    const prompt = orThrow(await get(params.name, params.arguments ?? {}, signal));
    if (!prompt) throw unknownName('prompt', params.name);
    return prompt;
  });
}

function unknownName(kind: string, name: string): ProtocolError {
  return new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `There is no ${kind} ${name.slice(0, MAX_NAME)}.`,
  );
}

/** Returns a result. @throws {ProtocolError} if it is a failure. */
function orThrow<T>(result: T | Failure): T {
  if (result instanceof Failure) throw new ProtocolError(result.code, result.data.detail, result.data);
  return result;
}
