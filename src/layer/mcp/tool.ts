import type { AnyTRPCProcedure, AnyTRPCRouter, TRPCProcedureType } from '@trpc/server';
import { compileCall, type Invoke, outputOf, proceduresOf } from '../call/compile.ts';
import { sizeOf } from '../decode/size.ts';
import { compileJson, toJson } from '../encode/json.ts';
import type { CalledProcedure } from '../gate.ts';
import { isMeta, type Meta } from '../meta.ts';
import { once } from '../once.ts';
import { inputOf } from '../rest/endpoint.ts';
import { schemaOf } from '../schema/foreign.ts';
import { holdsFiles, mayBeUndefined } from '../schema/schema.ts';
import { type Arguments, compileParameters } from './arguments.ts';
import { asObjectSchema, jsonSchemaOf, type JsonSchema, type ObjectSchema } from './schema.ts';

/** The names that all clients accept. */
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** A tool as clients see it. */
export interface ToolDescription {
  name: string;
  title?: string;
  description?: string;
  inputSchema: ObjectSchema;
  outputSchema?: JsonSchema;
  annotations: ToolAnnotations;
}

/** What a client may assume about a tool (MCP, ToolAnnotations). */
export interface ToolAnnotations {
  readOnlyHint: boolean;
  destructiveHint?: boolean;
  idempotentHint?: boolean;
  openWorldHint: boolean;
}

/** A procedure as a tool. */
export interface Tool extends CalledProcedure {
  type: TRPCProcedureType;
  description: ToolDescription;
  /** Reads the arguments of a call. @throws {ApiError} INVALID_INPUT, or BAD_REQUEST for too many values. */
  read: (args: unknown) => Arguments;
  invoke: Invoke;
  /** Returns the JSON of an output, which is that of REST; `null` for an output that has none. */
  encode: (output: unknown) => string | null;
}

/** The options of `toolsOf`. */
export interface ToolOptions {
  /** Returns false for a procedure that is not a tool for any caller. Default: all procedures are offered. */
  offers?: (called: CalledProcedure) => boolean;
  /** True if tools that add something accept an idempotency key. */
  takesKeys: boolean;
  /** Called with a sentence for each procedure that cannot be a tool. */
  warn: (text: string) => void;
}

/**
 * Returns the tools of a router, in the order of its procedures. Subscriptions, streams and procedures with files are
 * never tools.
 * @throws {Error} for two procedures with the same tool name.
 */
export function toolsOf(
  router: AnyTRPCRouter,
  { offers = () => true, takesKeys, warn }: ToolOptions,
): Tool[] {
  const tools = new Map<string, Tool>();
  for (const [name, procedure] of proceduresOf(router)) {
    if (!isOffered(procedure) || !offers({ name, procedure })) continue;
    const tool = describedTool(name, procedure, { takesKeys, warn });
    if (!tool) continue;
    const other = tools.get(tool.description.name);
    if (other) {
      throw new Error(
        `${other.name} and ${name} are both the tool ${tool.description.name}. Set \`mcp.name\` in the meta of one.`,
      );
    }
    tools.set(tool.description.name, tool);
  }
  return [...tools.values()];
}

const metaOf = ({ _def: { meta } }: AnyTRPCProcedure): Meta => (isMeta(meta) ? meta : {});

function isOffered(procedure: AnyTRPCProcedure): boolean {
  const { mcp, rest } = metaOf(procedure);
  const isStream = procedure._def.type === 'subscription' || rest?.stream !== undefined;
  return !isStream && mcp?.enabled !== false;
}

/** Returns a procedure as a tool; `null` with a warning if it cannot be described. */
function describedTool(
  name: string,
  procedure: AnyTRPCProcedure,
  { takesKeys, warn }: Pick<ToolOptions, 'takesKeys' | 'warn'>,
): Tool | null {
  try {
    return toolOf(name, procedure, takesKeys);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    warn(`${name} cannot be an MCP tool: ${reason} Disable it with \`mcp: { enabled: false }\` in its meta.`);
    return null;
  }
}

/** @throws {Error} if the procedure cannot be described. */
function toolOf(name: string, procedure: AnyTRPCProcedure, takesKeys: boolean): Tool | null {
  const { type, inputs } = procedure._def;
  const { mcp = {}, openapi } = metaOf(procedure);
  const toolName = mcp.name ?? name.replace(/[^a-zA-Z0-9_-]/g, '_');
  if (!NAME.test(toolName)) {
    throw new Error(`its name ${toolName} must have 1 to 64 letters, digits, underscores or hyphens.`);
  }
  const input = inputOf(inputs);
  const parser = outputOf(procedure);
  const output = parser === undefined ? null : schemaOf(parser, 'output');
  if ((input && holdsFiles(input)) || (output && holdsFiles(output))) return null;
  const isPost = type === 'mutation' && (openapi?.method ?? 'POST') === 'POST';
  const takesKey = takesKeys && isPost && mcp.idempotencyKey !== false;
  const { schema: inputSchema, read } = compileParameters(input, takesKey, sizeOf(procedure).maxValues);
  // With a schema, a client requires structured content in each result.
  const sends = output && !mayBeUndefined(output) ? output : null;
  const described = sends && jsonSchemaOf(sends, 'output');
  const { title, description = descriptionOf(openapi) } = mcp;
  const encode = once(() => (output ? compileJson(output) : toJson));
  return {
    name,
    procedure,
    type,
    description: {
      name: toolName,
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      inputSchema,
      ...(described && { outputSchema: asObjectSchema(described) ?? described }),
      annotations: annotationsOf(type, openapi?.method),
    },
    read,
    invoke: compileCall(procedure),
    encode: (value) => (value === undefined ? null : encode()(value)),
  };
}

/** Returns the description of a procedure for a model: its summary and its description. */
function descriptionOf(openapi: Meta['openapi']): string | undefined {
  const { summary, description } = openapi ?? {};
  const texts = [summary?.replace(/\.?$/, '.'), description].filter((text) => text !== undefined);
  return texts.length > 0 ? texts.join(' ') : undefined;
}

/** HTTP says which methods may be repeated (RFC 9110, section 9.2.2). */
function annotationsOf(type: TRPCProcedureType, method: string | undefined): ToolAnnotations {
  if (type === 'query') return { readOnlyHint: true, openWorldHint: false };
  return {
    readOnlyHint: false,
    destructiveHint: method === 'DELETE' || method === 'PUT' || method === undefined,
    idempotentHint: method === 'PUT' || method === 'DELETE',
    openWorldHint: false,
  };
}
