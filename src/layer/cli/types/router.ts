import type { AnyTRPCRouter } from '@trpc/server';
import { format, resolveConfig } from 'prettier';
import type ts from 'typescript';
import { z } from 'zod/v4';
import { deprecationOf, deprecationText } from '../../deprecation.ts';
import { groupBy } from '../../group-by.ts';
import { isMeta, type Meta } from '../../meta.ts';
import type { Schema, Side } from '../../schema/schema.ts';
import { comment } from './docs.ts';
import { TypePrinter } from './print.ts';
import { readSource, type Source, type SourceOptions } from './program.ts';
import { type Place, placeOf } from './source-map.ts';

/** The names of tRPC's types for the kinds of procedures. */
const KINDS = {
  query: 'TRPCQueryProcedure',
  mutation: 'TRPCMutationProcedure',
  subscription: 'TRPCSubscriptionProcedure',
};

/** The definition of a procedure at run time: its schemas, of any library, and its meta. */
const Definition = z.object({
  type: z.enum(['query', 'mutation', 'subscription']),
  inputs: z.array(z.unknown()),
  output: z.unknown().optional(),
  meta: z.custom<Meta>(isMeta).catch({}),
});
type Definition = z.output<typeof Definition>;

/** A router: its source file, and its value at run time. */
export interface RouterSource extends SourceOptions {
  /** The name of the export. */
  name: string;
  router: AnyTRPCRouter;
  /** The packages that all clients have, besides `@trpc/server`. The declaration imports their types. Default: none. */
  packages?: readonly string[];
  /** The first line of the declaration. Default: a comment that it is generated. */
  header?: string;
}

/** The declaration of a router for its clients. */
export interface Declaration {
  /** The text of a module that exports `AppRouter`. */
  text: string;
  /** The packages that clients need for it, besides those of the options: it imports types that refer to themselves. */
  needs: readonly string[];
  /** The places where its procedures and routers are declared, by their paths such as `chat` and `chat.get`. */
  places: ReadonlyMap<string, Place>;
}

/**
 * Returns the declaration of a router, which clients are type-checked against. It contains the types of all inputs and
 * outputs, and does not import any file of the server.
 * @throws {Error} naming all procedures whose types cannot be printed, such as a function or `any`.
 */
export async function declarationOf({
  name,
  router,
  packages = [],
  header = '// Generated from the procedures of a tRPC router: the types that its clients use.',
  ...module
}: RouterSource): Promise<Declaration> {
  const source = readSource(module);
  const procedures = definitionsOf(router);
  const printer = new TypePrinter(source, ['AppRouter', 'ErrorShape', ...Object.values(KINDS)], packages);
  const at = (type: ts.Type, ...keys: string[]) =>
    keys.reduce((inner, key) => typeAt(source, inner, key), type);
  const root = at(source.exported(name), '_def');
  const problems: string[] = [];

  function print(what: string, printed: () => string): string {
    try {
      return printed();
    } catch (error) {
      const place = printer.takePlace();
      problems.push(
        `The ${what}${place && `, in ${place}`}: ${error instanceof Error ? error.message : String(error)}`,
      );
      return 'never';
    }
  }

  /** Prints the types of one side. Outputs come first: if a schema's types differ, its id is the name of the output. */
  function printAll(side: Side): ReadonlyMap<string, string> {
    return new Map(
      [...procedures].map(([procedure, definition]) => [
        procedure,
        print(`${side} of ${procedure}`, () => {
          const type = at(root, 'record', ...procedure.split('.'), '_def', '$types', side);
          return printer.print({ type, schema: schemaOf(definition, side), side });
        }),
      ]),
    );
  }

  const outputs = printAll('output');
  const inputs = printAll('input');
  const entries = [...procedures].map(([procedure, definition]): [string[], string] => {
    const types = `{ meta: object; input: ${inputs.get(procedure)}; output: ${outputs.get(procedure)} }`;
    return [procedure.split('.'), `${KINDS[definition.type]}<${types}>`];
  });
  const $types = at(root, '_config', '$types');
  const errorShape = print('error shape', () =>
    printer.print({ type: at($types, 'errorShape'), side: 'output' }),
  );
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const transformer = source.checker.typeToString(at($types, 'transformer'));

  const declared = [...printer.declared].map(([type, { text, description, isObject }]) => {
    const head = isObject ? `interface ${type} ` : `type ${type} = `;
    return `${comment(description)}export ${head}${text}`;
  });
  const text = `${header}
import type { ${[...new Set(entries.map(([, type]) => type.split('<')[0]))].join(', ')} } from '@trpc/server';
// The same as TRPCBuiltRouter, under the name that it has in every release of tRPC 11.
import type { BuiltRouter } from '@trpc/server/unstable-core-do-not-import';

${declared.join('\n\n')}

/** An error as tRPC clients get it. */
export type ErrorShape = ${errorShape};

/** Every procedure, as clients see it. */
export type AppRouter = BuiltRouter<
  { ctx: object; meta: object; errorShape: ErrorShape; transformer: ${transformer} },
  ${record(entries, (key) => docOf(procedures.get(key)?.meta ?? {}))}
>;
`;
  // The project's plugins of Prettier may not be installed, and would not apply to a declaration.
  const style = { ...(await resolveConfig(module.path)), plugins: [] };
  return {
    text: await format(text, { ...style, parser: 'typescript' }),
    needs: [...printer.imported],
    places: placesOf(source, at(root, 'record'), [...procedures.keys()]),
  };
}

/** Returns the text of a procedure's comment: its summary, and how it ends. An editor strikes deprecated names through. */
function docOf(meta: Meta): string | undefined {
  const deprecation = deprecationOf(meta);
  const end = deprecation && `@deprecated ${deprecationText(deprecation)}`.trim();
  const lines = [meta.openapi?.summary, end];
  return lines.filter(Boolean).join('\n') || undefined;
}

/** Returns the places where procedures and their routers are declared. */
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

/** Returns the procedures of a router by their paths. */
function definitionsOf(router: AnyTRPCRouter): ReadonlyMap<string, Definition> {
  const lazy = Object.keys(router._def.lazy);
  if (lazy.length > 0) throw new Error(`${lazy.join(', ')}: the declaration cannot contain lazy routers.`);
  const Procedures = z.record(
    z.string(),
    z.custom<{ _def: unknown }>((value) => typeof value === 'function'),
  );
  const procedures = Object.entries(Procedures.parse(router._def.procedures));
  return new Map(procedures.map(([path, { _def }]) => [path, Definition.parse(_def)]));
}

/**
 * Returns the schema with the names and descriptions of a type; `undefined` if several input schemas are merged into
 * one type, or if it is not a schema of zod 4.
 */
function schemaOf({ inputs, output }: Definition, side: Side): Schema | undefined {
  const schema = side === 'output' ? output : inputs.length === 1 ? inputs[0] : undefined;
  return schema instanceof z.core.$ZodType ? schema : undefined;
}

function typeAt({ checker }: Source, type: ts.Type, key: string): ts.Type {
  const property = type.getProperty(key);
  if (!property) throw new Error(`${checker.typeToString(type)} has no ${key}.`);
  return checker.getTypeOfSymbol(property);
}

/** Prints procedures as an object type, with their routers as nested objects. */
function record(
  entries: readonly (readonly [path: string[], text: string])[],
  docOf: (path: string) => string | undefined,
  above: string[] = [],
): string {
  const groups = groupBy(entries, ([[key = '']]) => key);
  const fields = [...groups].map(([key, members]) => {
    const path = [...above, key];
    const [only] = members;
    if (only?.[0].length === 1) return `${comment(docOf(path.join('.')))}${JSON.stringify(key)}: ${only[1]};`;
    const inner = members.map(([[, ...rest], text]) => [rest, text] as const);
    return `${JSON.stringify(key)}: ${record(inner, docOf, path)};`;
  });
  return `{\n${fields.join('\n')}\n}`;
}
