/** The parts of a generated project: resources with five procedures each, in the style of the product's own routers. */

/** The style in which schemas and procedures are declared. */
export interface Style {
  /** True if outputs have schemas. */
  output: boolean;
  /** True if procedures have an `openapi` meta, so they are REST endpoints too. */
  meta: boolean;
  /** The order of the methods in the chain. */
  order: 'meta, input, output' | 'input, output, meta';
  /** The file of the schemas, and whether they have explicit types. */
  schemas: 'in the contract' | 'in the router' | 'in the contract, with their types';
  /** The way to build a procedure from its parts. */
  procedure: 'chain' | 'helper';
  /** The way to combine the resources in one router. */
  routers: 'routers' | 'plain objects' | 'flat';
}

/** The style of the product. */
export const PRODUCT_STYLE: Style = {
  output: true,
  meta: true,
  order: 'meta, input, output',
  schemas: 'in the contract',
  procedure: 'chain',
  routers: 'routers',
};

export const PROCEDURES_PER_RESOURCE = 5;

const THING = `{
  id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/).meta({ description: 'An opaque id.' }),
  name: z.string().meta({ description: 'What people call it.', examples: ['One'] }),
  kind: z.enum(['small', 'large', 'other']),
  tags: z.array(z.string()),
  owner: z.object({ id: z.string(), email: z.string().nullable(), since: z.date() }).nullable(),
  weight: z.number(),
  archived: z.boolean(),
  createdAt: z.date(),
  updatedAt: z.date(),
}`;
const FIELDS = `id: string; name: string; kind: 'small' | 'large' | 'other'; tags: string[];
  owner: { id: string; email: string | null; since: Date } | null;
  weight: number; archived: boolean; createdAt: Date; updatedAt: Date;`;
const CHANGES = `name: z.string().min(1).max(200),
  kind: z.enum(['small', 'large', 'other']).default('other'),
  tags: z.array(z.string().max(50)).max(20).optional(),
  weight: z.number().min(0)`;

/** Returns the schemas of a resource by name, each as an expression with the types of its input and output. */
function schemasOf(name: string): Record<string, { text: string; input: string; output: string }> {
  const page = `{ items: ${name}Fields[]; nextCursor: string | null }`;
  const change = `name: string; weight: number; tags?: string[] | undefined;`;
  const kind = `'small' | 'large' | 'other'`;
  return {
    [name]: { text: `z.object(${THING})`, input: `${name}Fields`, output: `${name}Fields` },
    [`${name}Page`]: {
      text: `z.object({ items: z.array(${name}), nextCursor: z.string().nullable() })`,
      input: page,
      output: page,
    },
    [`${name}List`]: {
      text: `z.strictObject({
  limit: z.int().min(1).max(100).default(20), cursor: z.string().max(500).optional(),
  search: z.string().max(200).optional(), archived: z.boolean().default(false),
})`,
      input:
        '{ limit?: number | undefined; cursor?: string | undefined; search?: string | undefined; archived?: boolean | undefined }',
      output:
        '{ limit: number; cursor?: string | undefined; search?: string | undefined; archived: boolean }',
    },
    [`${name}Create`]: {
      text: `z.strictObject({ ${CHANGES} })`,
      input: `{ ${change} kind?: ${kind} | undefined }`,
      output: `{ ${change} kind: ${kind} }`,
    },
    [`${name}Update`]: {
      text: `z.strictObject({ id: z.string(), ${CHANGES} })`,
      input: `{ id: string; ${change} kind?: ${kind} | undefined }`,
      output: `{ id: string; ${change} kind: ${kind} }`,
    },
    [`${name}Id`]: {
      text: `z.strictObject({ id: z.string() })`,
      input: `{ id: string }`,
      output: `{ id: string }`,
    },
  };
}

/** Returns the contract of a resource, which contains its schemas. */
export function contractOf(name: string, { schemas }: Style): string {
  const isTyped = schemas === 'in the contract, with their types';
  const consts = Object.entries(schemasOf(name)).map(([schema, { text, input, output }]) => {
    return `export const ${schema}${isTyped ? `: z.ZodType<${output}, ${input}>` : ''} = ${text};`;
  });
  return `import { z } from 'zod';\nexport interface ${name}Fields { ${FIELDS} }\n${consts.join('\n')}\n`;
}

/** Returns the functions that the procedures of a resource call. */
export function serviceOf(name: string): string {
  const of = (schema: string) => `z.output<typeof contract.${name}${schema}>`;
  const call = (verb: string, input: string, output: string) =>
    `export async function ${verb}(deps: Deps, actor: Actor, input: ${input}): Promise<${output}> {
  await deps.close();
  throw new Error(JSON.stringify([actor.userId, input]));
}`;
  return `import type { z } from 'zod';
import type { Actor } from '#server/people/actor';
import type { Deps } from '#server/compose';
import type * as contract from './contract.ts';

${call('list', of('List'), of('Page'))}
${call('get', of('Id'), of(''))}
${call('create', of('Create'), of(''))}
${call('update', of('Update'), of(''))}
${call('remove', of('Id'), 'void')}
`;
}

/** Returns the router of a resource. */
export function routerOf(name: string, style: Style): string {
  const path = `/${name.toLowerCase()}`;
  const isInline = style.schemas === 'in the router';
  const schemas = schemasOf(name);
  const schema = (suffix: string) => {
    const { text = 'z.void()' } = schemas[`${name}${suffix}`] ?? {};
    return isInline ? text.replaceAll(`z.array(${name})`, `z.array(z.object(${THING}))`) : `${name}${suffix}`;
  };
  const procedure = (
    key: string,
    base: string,
    type: string,
    verb: string,
    meta: string,
    input: string,
    output: string,
  ) => {
    const method = style.meta
      ? `.meta({ openapi: { ${meta}, tags, summary: 'Something with ${name}' } })`
      : '';
    const parts = [`.input(${input})`, ...(style.output ? [`.output(${output})`] : [])];
    const chain = style.order === 'meta, input, output' ? [method, ...parts] : [...parts, method];
    const resolver = `({ ctx, input }) => service.${verb}(ctx.deps, ctx.actor, input)`;
    if (style.procedure === 'helper') {
      return `${key}: ${type}(${base}, { ${meta}, tags, summary: 'Something with ${name}' }, ${input}, ${output}, ${resolver}),`;
    }
    return `${key}: ${base}${chain.join('')}.${type}(${resolver}),`;
  };
  const prefix = style.routers === 'flat' ? name.toLowerCase() : '';
  const key = (verb: string) => (prefix === '' ? verb : `${prefix}_${verb}`);
  const record = `{
  ${procedure(key('list'), 'signedIn', 'query', 'list', `method: 'GET', path: '${path}'`, schema('List'), schema('Page'))}
  ${procedure(key('get'), 'signedIn', 'query', 'get', `method: 'GET', path: '${path}/{id}'`, schema('Id'), schema(''))}
  ${procedure(key('create'), 'sessionOnly', 'mutation', 'create', `method: 'POST', path: '${path}'`, schema('Create'), schema(''))}
  ${procedure(key('update'), 'registered', 'mutation', 'update', `method: 'PATCH', path: '${path}/{id}'`, schema('Update'), schema(''))}
  ${procedure(key('delete'), 'admin', 'mutation', 'remove', `method: 'DELETE', path: '${path}/{id}'`, schema('Id'), 'z.void()')}
}`;
  const helper = style.procedure === 'helper' ? `import { mutation, query } from '../helper.ts';\n` : '';
  return `import { z } from 'zod';
import { admin, sessionOnly, registered, router, signedIn } from '#server/procedures';
${helper}import { ${Object.keys(schemas).join(', ')} } from './contract.ts';
import * as service from './service.ts';
const tags = ['${name}'];
export const ${name}Router = ${style.routers === 'routers' ? `router(${record})` : record};
`;
}

/** Functions that build a procedure from its parts, instead of a chain. */
export const HELPER = `import type { z } from 'zod';
import type { Meta } from '#layer/index';
import type { Actor } from '#server/people/actor';
import type { Context } from '#server/people/context';
import { signedIn } from '#server/procedures';
type OpenApi = NonNullable<Meta['openapi']>;
interface Call<I> { ctx: Context & { actor: Actor }; input: I }
export function query<I extends z.ZodType, O extends z.ZodType>(
  base: typeof signedIn, openapi: OpenApi, input: I, output: O,
  resolve: (call: Call<z.output<I>>) => Promise<z.input<O>>,
) {
  return base.meta({ openapi }).input(input).output(output).query((call) => resolve(call as Call<z.output<I>>) as never);
}
export function mutation<I extends z.ZodType, O extends z.ZodType>(
  base: typeof signedIn, openapi: OpenApi, input: I, output: O,
  resolve: (call: Call<z.output<I>>) => Promise<z.input<O>>,
) {
  return base.meta({ openapi }).input(input).output(output).mutation((call) => resolve(call as Call<z.output<I>>) as never);
}
`;
