import type { AnyTRPCProcedure, AnyTRPCRouter, TRPCProcedureType } from '@trpc/server';
import { compileCall, type Invoke, outputOf, proceduresOf } from '../call/compile.ts';
import { deprecationNotice, deprecationOf } from '../deprecation.ts';
import { sizeOf } from '../decode/size.ts';
import { compileJson, toJson } from '../encode/json.ts';
import type { CalledProcedure } from '../gate.ts';
import { type Meta, metaOf } from '../meta.ts';
import { once } from '../once.ts';
import { inputOf } from '../rest/endpoint.ts';
import { schemaOf } from '../schema/foreign.ts';
import { isTool, toolNameOf } from '../tool-name.ts';
import { holdsFiles, mayBeUndefined, type Schema } from '../schema/schema.ts';
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

/** A procedure that is offered as a tool. */
export interface OfferedTool extends CalledProcedure {
  /** Returns the tool, described at the first call; `null`, after a warning, if its schemas cannot be described. */
  tool: () => Tool | null;
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
 * Returns the procedures of a router that are offered as tools, by the names of the tools and in the order of the
 * procedures. Subscriptions, streams and procedures with files are never tools.
 * @throws {Error} for two procedures with the same tool name.
 */
export function toolsOf(
  router: AnyTRPCRouter,
  { offers = () => true, takesKeys, warn }: ToolOptions,
): Map<string, OfferedTool> {
  const tools = new Map<string, OfferedTool>();
  const procedures = new Map(proceduresOf(router));
  /** Returns the name of the tool to call instead, if there is one. */
  const successorOf = (procedure: AnyTRPCProcedure) => {
    const name = deprecationOf(metaOf(procedure))?.successor ?? '';
    const successor = procedures.get(name);
    return successor && isTool(successor) && offers({ name, procedure: successor })
      ? toolNameOf(name, metaOf(successor))
      : null;
  };
  for (const [name, procedure] of procedures) {
    if (!isTool(procedure) || !offers({ name, procedure })) continue;
    const orWarn = <T>(create: () => T) => withWarning(name, warn, create);
    const checked = orWarn(() =>
      checkedTool({ name, procedure }, { takesKeys, successor: successorOf(procedure) }),
    );
    if (!checked) continue;
    const { toolName, describe } = checked;
    const other = tools.get(toolName);
    if (other) {
      throw new Error(
        `${other.name} and ${name} are both the tool ${toolName}. Set \`mcp.name\` in the meta of one.`,
      );
    }
    tools.set(toolName, { name, procedure, tool: once(() => orWarn(describe)) });
  }
  return tools;
}

/** Returns the result of `create`; `null` after a warning that a procedure cannot be a tool, if it throws. */
function withWarning<T>(name: string, warn: ToolOptions['warn'], create: () => T): T | null {
  try {
    return create();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    warn(`${name} cannot be an MCP tool: ${reason} Disable it with \`mcp: { enabled: false }\` in its meta.`);
    return null;
  }
}

/** What a procedure gets as a tool of a router. */
interface Offered {
  takesKeys: boolean;
  /** The tool to call instead, if the procedure is deprecated and there is one. */
  successor: string | null;
}

/** A procedure that can be a tool as far as is known without writing its JSON Schemas, which takes long. */
interface CheckedTool {
  toolName: string;
  /** @throws {Error} if the schemas cannot be described. */
  describe: () => Tool;
}

/**
 * Returns a procedure as a tool; `null` for one with files.
 * @throws {Error} if it has no valid name, or a validator without a schema.
 */
function checkedTool({ name, procedure }: CalledProcedure, options: Offered): CheckedTool | null {
  const toolName = toolNameOf(name, metaOf(procedure));
  if (!NAME.test(toolName)) {
    throw new Error(`its name ${toolName} must have 1 to 64 letters, digits, underscores or hyphens.`);
  }
  const input = inputOf(procedure._def.inputs);
  const parser = outputOf(procedure);
  const output = parser === undefined ? null : schemaOf(parser, 'output');
  if ((input && holdsFiles(input)) || (output && holdsFiles(output))) return null;
  const describe = () => describedTool({ name, procedure }, { ...options, toolName, input, output });
  return { toolName, describe };
}

/** @throws {Error} if the schemas cannot be described. */
function describedTool(
  { name, procedure }: CalledProcedure,
  {
    toolName,
    input,
    output,
    takesKeys,
    successor,
  }: Offered & { toolName: string; input: Schema | null; output: Schema | null },
): Tool {
  const { type } = procedure._def;
  const meta = metaOf(procedure);
  const { mcp = {}, openapi } = meta;
  const isPost = type === 'mutation' && (openapi?.method ?? 'POST') === 'POST';
  const takesKey = takesKeys && isPost && mcp.idempotencyKey !== false;
  const { schema: inputSchema, read } = compileParameters(input, takesKey, sizeOf(procedure).maxValues);
  // With a schema, a client requires structured content in each result.
  const sends = output && !mayBeUndefined(output) ? output : null;
  const described = sends && jsonSchemaOf(sends, 'output');
  const { title, description: about = descriptionOf(openapi) } = mcp;
  const deprecation = deprecationOf(meta);
  const end =
    deprecation &&
    deprecationNotice(deprecation, { word: 'Deprecated', successor: successor && `\`${successor}\`` });
  const description = [about, end].filter(Boolean).join(' ');
  const encode = once(() => (output ? compileJson(output) : toJson));
  return {
    name,
    procedure,
    type,
    description: {
      name: toolName,
      ...(title !== undefined && { title }),
      ...(description !== '' && { description }),
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
