import { z } from 'zod/v4';
import { DocumentShape } from './operations.ts';

/** The version of the format of a state. */
const VERSION = 1;

/** A JSON Schema, or null if none can describe the values. */
const Described = z.record(z.string(), z.unknown()).nullable();

const Procedure = z.object({
  type: z.enum(['query', 'mutation', 'subscription']),
  /** Its announced end; `undefined` if it is not deprecated. */
  deprecated: z.object({ since: z.string(), sunset: z.string(), successor: z.string() }).partial().optional(),
  /** The input; `undefined` if the procedure takes none. */
  input: z.object({ schema: Described, optional: z.boolean() }).optional(),
  /** The output, or the data of each event. Its schema is null if the procedure declares none. */
  output: z.object({ schema: Described, optional: z.boolean() }),
  /** The name of its tool over MCP; null if it is none, `undefined` if that is not known. */
  tool: z.string().nullable().optional(),
});
export type DescribedProcedure = z.output<typeof Procedure>;

const State = z.object({
  state: z.literal(VERSION),
  /** The OpenAPI document; null if no procedure is a REST endpoint. */
  document: z.record(z.string(), z.unknown()).nullable(),
  procedures: z.record(z.string(), Procedure).nullable(),
  /** The named schemas of inputs and outputs. */
  schemas: z.object({
    input: z.record(z.string(), z.unknown()),
    output: z.record(z.string(), z.unknown()),
  }),
  /** The declaration that tRPC clients import, by its lines. */
  declaration: z
    .array(z.string())
    .transform((lines) => lines.join('\n'))
    .nullable(),
});

/** All that the callers of an API depend on, as JSON. */
export type State = z.output<typeof State>;

const NO_SCHEMAS = { input: {}, output: {} };

/** Returns the text of a state, for a file. */
export function writeState({ declaration, ...state }: Omit<State, 'state'>): string {
  const lines = declaration?.split('\n') ?? null;
  return `${JSON.stringify({ state: VERSION, ...state, declaration: lines }, null, 1)}\n`;
}

/**
 * Reads a state, or an OpenAPI document, which is a state of which only the document is known.
 * @param text the text of the file or response. @param name what to call it in errors.
 * @throws {Error} with one sentence, if it is neither.
 */
export function readState(text: string, name: string): State {
  const json = parse(text, name);
  if (typeof json === 'object' && json !== null && 'openapi' in json) {
    const { openapi } = json;
    if (!DocumentShape.safeParse(json).success) {
      throw new Error(
        `${name} is no OpenAPI document of version 3.1 or later (openapi: ${String(openapi)}).`,
      );
    }
    return {
      state: VERSION,
      document: { ...json },
      procedures: null,
      schemas: NO_SCHEMAS,
      declaration: null,
    };
  }
  const { data } = State.safeParse(json);
  if (data && (data.document === null || DocumentShape.safeParse(data.document).success)) return data;
  throw new Error(`${name} is neither a state that \`describe\` printed nor an OpenAPI document.`);
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const kind = /^\s*<(?:!doctype|html|head|body)/i.test(text) ? 'is HTML, not JSON' : 'is not JSON';
    throw new Error(`${name} ${kind}.`);
  }
}
