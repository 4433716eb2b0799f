import type { AnyTRPCProcedure } from '@trpc/server';
import { type Meta, metaOf } from './meta.ts';

/** True if a procedure can be a tool of MCP: it is no stream, and its meta does not disable it. */
export function isTool(procedure: AnyTRPCProcedure): boolean {
  const { mcp, rest } = metaOf(procedure);
  const isStream = procedure._def.type === 'subscription' || rest?.stream !== undefined;
  return !isStream && mcp?.enabled !== false;
}

/** Returns the name of the tool of a procedure with a meta: that of the meta, or `things_get` for `things.get`. */
export const toolNameOf = (name: string, { mcp }: Pick<Meta, 'mcp'>): string =>
  mcp?.name ?? name.replace(/[^a-zA-Z0-9_-]/g, '_');
