import type { AnyTRPCRouter } from '@trpc/server';
import { createSchema } from 'zod-openapi';
import type { ProcedureInfo } from '../../description.ts';
import { toolsOf } from '../../mcp/tool.ts';
import { deprecationOf } from '../../deprecation.ts';
import { isMeta } from '../../meta.ts';
import { DIALECT } from '../../openapi/dialect.ts';
import { createWire } from '../../openapi/wire.ts';
import { isPlainObject } from '../../rest/text.ts';
import { inputOf } from '../../rest/endpoint.ts';
import { objectOf } from '../../schema/build.ts';
import { schemaOf } from '../../schema/foreign.ts';
import {
  isNothing,
  mayBeLeftOut,
  mayBeUndefined,
  type Schema,
  type Side,
  unwrap,
} from '../../schema/schema.ts';
import { streamSchemasOf } from '../../stream/iterable.ts';
import type { DescribedProcedure, State } from './state.ts';

/** What a state is made of. */
export interface Described {
  procedures: readonly ProcedureInfo[];
  document: object | null;
  declaration: string | null;
  /** The names of the tools over MCP by procedure; null if they are not known. */
  tools: ReadonlyMap<string, string> | null;
}

/** Returns all that the callers of an API depend on. */
export function describeState({ procedures, document, declaration, tools }: Described): Omit<State, 'state'> {
  const inputs = schemasOf(procedures, 'input');
  const outputs = schemasOf(procedures, 'output');
  const input = jsonSchemas(inputs, 'input');
  const output = jsonSchemas(outputs, 'output');
  const described = procedures.map((procedure): [string, DescribedProcedure] => {
    const { name, type, inputs: parsers, meta } = procedure;
    const [sent, returned] = [inputs.get(name), outputs.get(name)];
    const takesNothing = parsers.length === 0 || (sent !== undefined && isNothing(unwrap(sent, 'input')));
    return [
      name,
      {
        type,
        ...endOf(meta),
        ...(!takesNothing && {
          input: { schema: input.schemas[name] ?? null, optional: sent !== undefined && mayBeLeftOut(sent) },
        }),
        output: {
          schema: output.schemas[name] ?? null,
          optional: returned !== undefined && mayBeUndefined(returned),
        },
        ...(tools && { tool: tools.get(name) ?? null }),
      },
    ];
  });
  return {
    document: document && { ...document },
    procedures: Object.fromEntries(described),
    schemas: { input: input.named, output: output.named },
    declaration,
  };
}

/** Returns the announced end of a procedure. */
function endOf(meta: unknown): Pick<DescribedProcedure, 'deprecated'> {
  const deprecation = isMeta(meta) ? deprecationOf(meta) : null;
  if (!deprecation) return {};
  const { link: _, ...deprecated } = deprecation;
  return { deprecated };
}

/** Returns the names of the tools of a router over MCP, by procedure. */
export function toolNames(router: AnyTRPCRouter, warn: (text: string) => void): ReadonlyMap<string, string> {
  const tools = toolsOf(router, { takesKeys: false, warn });
  return new Map([...tools].map(([tool, { name }]) => [name, tool]));
}

/** Returns the schemas of one side by procedure, without those that REST could not describe either. */
function schemasOf(procedures: readonly ProcedureInfo[], side: Side): Map<string, Schema> {
  const found = new Map<string, Schema>();
  for (const { name, inputs, output, meta } of procedures) {
    try {
      const schema =
        side === 'input' ? inputOf(inputs) : output === undefined ? null : schemaOf(output, side);
      const streamed = schema && side === 'output' ? streamSchemasOf(schema) : undefined;
      const isWhole = isMeta(meta) && meta.rest?.stream !== undefined;
      const sent = (isWhole ? streamed?.whole : undefined) ?? streamed?.item ?? schema;
      if (sent) found.set(name, sent);
    } catch {
      // Such as a schema of zod 3, of which only the declaration has the types.
    }
  }
  return found;
}

/** Returns JSON Schemas. They are written at once, because the named schemas in them need different names. */
function jsonSchemas(schemas: ReadonlyMap<string, Schema>, side: Side) {
  const wire = createWire(side);
  const all = objectOf(Object.fromEntries([...schemas].map(([name, schema]) => [name, wire(schema)])));
  const { schema, components } = createSchema(all, {
    io: side,
    opts: DIALECT,
    schemaRefPath: '#/components/schemas/',
    openapiVersion: '3.1.1',
  });
  const properties: unknown = 'properties' in schema ? schema.properties : {};
  const byName = isPlainObject(properties) ? properties : {};
  return {
    named: { ...components },
    schemas: Object.fromEntries(
      Object.entries(byName).map(([name, one]) => [name, isPlainObject(one) ? one : {}]),
    ),
  };
}
