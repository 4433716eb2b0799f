import type { CallToolResult } from '@modelcontextprotocol/server';
import { anySignal } from '../call/any-signal.ts';
import type { Call } from '../call/call.ts';
import type { Eventual } from '../call/eventual.ts';
import { HeaderList } from '../call/header-list.ts';
import { offerProgress } from '../call/progress.ts';
import type { ErrorData } from '../errors/catalog.ts';
import { nextSlice } from '../http/turns.ts';
import type { MountedApi } from '../mounts.ts';
import { respondOnce } from '../rest/idempotency.ts';
import type { TextResponse } from '../rest/output.ts';
import { toTrpcError } from '../trpc/error.ts';
import { attempt } from './attempt.ts';
import type { Sees } from './described.ts';
import type { FoundTool, Toolbox } from './offer.ts';
import { failureOf, resultOf } from './result.ts';
import type { OfferedTool, Tool, ToolDescription } from './tool.ts';

const OK = 200;
const BAD_REQUEST = 400;

/** Returns the tools of the caller of a request. @param sees returns which procedures the caller may call. */
export function toolboxOf<C extends object>(
  call: Call<C>,
  api: MountedApi<C>,
  tools: () => Eventual<ReadonlyMap<string, OfferedTool>>,
  sees: () => Eventual<Sees>,
): Toolbox {
  return {
    list: () =>
      attempt(call, api, async () => {
        const permitted = await sees();
        const descriptions: ToolDescription[] = [];
        for (const offered of (await tools()).values()) {
          if (!permitted(offered)) continue;
          // The first list writes the schemas of all tools.
          await nextSlice();
          const tool = offered.tool();
          if (tool) descriptions.push(tool.description);
        }
        return descriptions;
      }),
    async find(name) {
      const tool = (await tools()).get(name)?.tool();
      return tool ? foundTool(tool, call, api) : undefined;
    },
  };
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
