import type { AnyTRPCRouter } from '@trpc/server';
import { format, resolveConfig } from 'prettier';
import type ts from 'typescript';
import { z } from 'zod';
import type { Schema, Side } from '../../schema/schema.ts';
import { comment } from './docs.ts';
import { TypePrinter } from './print.ts';
import { readSource, type Source } from './program.ts';
import { type Place, placeOf } from './source-map.ts';

/** What a kind of procedure is called by tRPC. */
const KINDS = {
  query: 'TRPCQueryProcedure',
  mutation: 'TRPCMutationProcedure',
  subscription: 'TRPCSubscriptionProcedure',
};

/** Of a running procedure: its schemas and what it says of itself. */
const Definition = z.object({
  type: z.enum(['query', 'mutation', 'subscription']),
  inputs: z.array(z.instanceof(z.core.$ZodType)),
  output: z.instanceof(z.core.$ZodType).optional(),
  meta: z
    .object({ openapi: z.object({ summary: z.string(), description: z.string() }).partial().optional() })
    .optional(),
});
type Definition = z.output<typeof Definition>;

/** A router as its code stands in a file, and as it runs. */
export interface Subject {
  /** The file that exports it. */
  path: string;
  /** Under this name. */
  name: string;
  router: AnyTRPCRouter;
}

/** What clients are given of a router. */
export interface Declaration {
  /** The text of a module that exports `AppRouter`. */
  text: string;
  /** Where its procedures and routers are declared, by their paths such as `chat` and `chat.get`. */
  places: ReadonlyMap<string, Place>;
}

/**
 * The declaration of a router that clients are checked against: its procedures with the types of their inputs and outputs
 * written out, and of the server nothing.
 * @throws {Error} naming the procedure whose types cannot be told to a client.
 */
export async function declarationOf({ path, name, router }: Subject): Promise<Declaration> {
  const source = readSource(path);
  const procedures = definitionsOf(router);
  const printer = new TypePrinter(source, ['AppRouter', 'ErrorShape', ...Object.values(KINDS)]);
  const at = (type: ts.Type, ...keys: string[]) =>
    keys.reduce((inner, key) => typeAt(source, inner, key), type);
  const root = at(source.exported(name), '_def');

  /** Outputs come first, so that where a name has two meanings it stands for what is answered. */
  function printAll(side: Side): ReadonlyMap<string, string> {
    return new Map(
      [...procedures].map(([procedure, definition]) => {
        const type = at(root, 'record', ...procedure.split('.'), '_def', '$types', side);
        try {
          return [procedure, printer.print({ type, schema: schemaOf(definition, side), side })];
        } catch (cause) {
          throw new Error(`The ${side} of ${procedure}: ${cause instanceof Error ? cause.message : ''}`, {
            cause,
          });
        }
      }),
    );
  }

  const outputs = printAll('output');
  const inputs = printAll('input');
  const entries = [...procedures].map(([procedure, definition]): [string[], string] => {
    const types = `{ meta: object; input: ${inputs.get(procedure)}; output: ${outputs.get(procedure)} }`;
    return [procedure.split('.'), `${KINDS[definition.type]}<${types}>`];
  });
  const $types = at(root, '_config', '$types');
  const errorShape = printer.print({ type: at($types, 'errorShape'), side: 'output' });
  const transformer = source.checker.typeToString(at($types, 'transformer'));

  const declared = [...printer.declared].map(([type, { text, description, isObject }]) => {
    const head = isObject ? `interface ${type} ` : `type ${type} = `;
    return `${comment(description)}export ${head}${text}`;
  });
  const text = `// Written by npm run types from the procedures; what clients know of the server.
import type { ${[...new Set(entries.map(([, type]) => type.split('<')[0]))].join(', ')} } from '@trpc/server';
// The same as TRPCBuiltRouter, under the name that it has in every release of tRPC 11.
import type { BuiltRouter } from '@trpc/server/unstable-core-do-not-import';

${declared.join('\n\n')}

/** An error as tRPC clients get it. */
export type ErrorShape = ${errorShape};

/** Every procedure, as clients see it. */
export type AppRouter = BuiltRouter<
  { ctx: object; meta: object; errorShape: ErrorShape; transformer: ${transformer} },
  ${record(entries, (key) => procedures.get(key)?.meta?.openapi?.summary)}
>;
`;
  return {
    text: await format(text, { ...(await resolveConfig(path)), parser: 'typescript' }),
    places: placesOf(source, at(root, 'record'), [...procedures.keys()]),
  };
}

/** Where procedures, and the routers that they are in, are declared. */
function placesOf(
  source: Source,
  record: ts.Type,
  procedures: readonly string[],
): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const procedure of procedures) {
    let type = record;
    const path: string[] = [];
    for (const key of procedure.split('.')) {
      const symbol = type.getProperty(key);
      const place = symbol && placeOf(symbol);
      path.push(key);
      if (place) places.set(path.join('.'), place);
      type = typeAt(source, type, key);
    }
  }
  return places;
}

/** The procedures of a router by their paths. */
function definitionsOf(router: AnyTRPCRouter): ReadonlyMap<string, Definition> {
  const lazy = Object.keys(router._def.lazy);
  if (lazy.length > 0) throw new Error(`${lazy.join(', ')}: a lazy router cannot be told to clients.`);
  const Procedures = z.record(
    z.string(),
    z.custom<{ _def: unknown }>((value) => typeof value === 'function'),
  );
  const procedures = Object.entries(Procedures.parse(router._def.procedures));
  return new Map(procedures.map(([path, { _def }]) => [path, Definition.parse(_def)]));
}

/** The schema that tells the names and the descriptions of a type; where several are merged, none does. */
function schemaOf({ inputs, output }: Definition, side: Side): Schema | undefined {
  if (side === 'output') return output;
  return inputs.length === 1 ? inputs[0] : undefined;
}

function typeAt({ checker }: Source, type: ts.Type, key: string): ts.Type {
  const property = type.getProperty(key);
  if (!property) throw new Error(`${checker.typeToString(type)} has no ${key}.`);
  return checker.getTypeOfSymbol(property);
}

/** Procedures as the routers in routers that they are. */
function record(
  entries: readonly (readonly [path: string[], text: string])[],
  summaryOf: (path: string) => string | undefined,
  above: string[] = [],
): string {
  const groups = Map.groupBy(entries, ([[key = '']]) => key);
  const fields = [...groups].map(([key, members]) => {
    const path = [...above, key];
    const [only] = members;
    if (only?.[0].length === 1)
      return `${comment(summaryOf(path.join('.')))}${JSON.stringify(key)}: ${only[1]};`;
    const inner = members.map(([[, ...rest], text]) => [rest, text] as const);
    return `${JSON.stringify(key)}: ${record(inner, summaryOf, path)};`;
  });
  return `{\n${fields.join('\n')}\n}`;
}
