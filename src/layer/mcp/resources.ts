import type { AnyTRPCRouter } from '@trpc/server';
import type { Eventual } from '../call/eventual.ts';
import type { CalledProcedure } from '../gate.ts';
import { bind, type Described, type Sees } from './described.ts';
import { compileTemplate, hasBraces, type Variables } from './template.ts';

/** The content of a resource: text, or bytes; `null` if there is no such resource for this caller. */
export type ResourceContent = string | Uint8Array | null;

interface ReadOptions<C extends object> {
  /** The context of the request, as procedures receive it. */
  ctx: C;
  /** Is aborted if the client cancels the request or disconnects. */
  signal: AbortSignal;
}

interface DescribedResource extends Described {
  /** The media type of the content. Default: `text/plain`. */
  mimeType?: string;
}

/** A document that clients can read. */
export interface McpResource<C extends object> extends DescribedResource {
  /** Its URI, such as `example://terms`. */
  uri: string;
  uriTemplate?: never;
  /** Returns its content for the caller. */
  read: (options: ReadOptions<C>) => Eventual<ResourceContent>;
}

/** Documents of one kind that clients can read. */
export interface McpResourceTemplate<C extends object> extends DescribedResource {
  /**
   * The template of their URIs, such as `example://notes/{id}`. A variable is everything between two slashes, or after
   * the last one.
   */
  uriTemplate: string;
  uri?: never;
  /** Returns the content of one of them for the caller. @param options `variables` has the decoded variables of its URI. */
  read: (options: ReadOptions<C> & { variables: Variables }) => Eventual<ResourceContent>;
  /**
   * Returns those that the list of resources shows to the caller, in a fixed order. A list has only one page, so show
   * those that are worth it. Default: none.
   */
  list?: (options: ReadOptions<C>) => Eventual<readonly McpListedResource[]>;
}

/** One of the documents of a template. Its media type is that of the template. */
export interface McpListedResource extends Pick<Described, 'name' | 'title' | 'description'> {
  /** The variables of its URI. */
  variables: Variables;
}

/** A resource as clients see it. */
export interface ResourceDescription extends Omit<DescribedResource, 'procedure'> {
  uri: string;
}

/** A template as clients see it. */
export interface TemplateDescription extends Omit<DescribedResource, 'procedure'> {
  uriTemplate: string;
}

/** A resource that a client reads. */
export interface FoundResource<C extends object> {
  /** The procedure that decides who may read it, if there is one. */
  called: CalledProcedure | undefined;
  mimeType: string;
  read: (options: ReadOptions<C>) => Eventual<ResourceContent>;
}

/** The resources of a server. */
export interface Resources<C extends object> {
  list: (sees: Sees, options: ReadOptions<C>) => Promise<ResourceDescription[]>;
  templates: (sees: Sees) => TemplateDescription[];
  /** Returns the resource with a URI; `undefined` if there cannot be one. */
  find: (uri: string) => FoundResource<C> | undefined;
}

/** A compiled definition. */
interface Entry<C extends object> {
  called: CalledProcedure | undefined;
  uri: string;
  list: (options: ReadOptions<C>) => Eventual<readonly ResourceDescription[]>;
  find: (uri: string) => FoundResource<C> | undefined;
  /** Its description, if it is a template. */
  template?: TemplateDescription;
}

const DEFAULT_TYPE = 'text/plain';

/**
 * Compiles the definitions of resources. Those whose procedure does not exist are left out, with a warning.
 * @throws {Error} for a URI that is defined twice, or one with invalid variables.
 */
export function compileResources<C extends object>(
  definitions: readonly (McpResource<C> | McpResourceTemplate<C>)[],
  router: AnyTRPCRouter,
  warn: (text: string) => void,
): Resources<C> {
  const entries = bind(definitions, router, 'resource', warn).map(({ definition, called }) =>
    definition.uri !== undefined ? fixedEntry(definition, called) : templateEntry(definition, called),
  );
  const uris = new Set<string>();
  for (const { uri } of entries) {
    if (uris.has(uri)) throw new Error(`Two MCP resources have the URI ${uri}.`);
    uris.add(uri);
  }
  const fixedFirst = entries.toSorted(
    (a, b) => Number(a.template !== undefined) - Number(b.template !== undefined),
  );

  return {
    async list(sees, options) {
      const listed: ResourceDescription[] = [];
      for (const { called, list } of entries) if (sees(called)) listed.push(...(await list(options)));
      return listed;
    },
    templates: (sees) =>
      entries.flatMap(({ called, template }) => (template && sees(called) ? template : [])),
    find(uri) {
      for (const { find } of fixedFirst) {
        const found = find(uri);
        if (found) return found;
      }
      return undefined;
    },
  };
}

function fixedEntry<C extends object>(
  definition: McpResource<C>,
  called: CalledProcedure | undefined,
): Entry<C> {
  const { uri, read, mimeType = DEFAULT_TYPE } = definition;
  if (hasBraces(uri)) throw new Error(`The URI ${uri} has variables. Set it as \`uriTemplate\`.`);
  const listed = [{ uri, ...describe(definition) }];
  return {
    called,
    uri,
    list: () => listed,
    find: (sent) => (sent === uri ? { called, mimeType, read } : undefined),
  };
}

function templateEntry<C extends object>(
  definition: McpResourceTemplate<C>,
  called: CalledProcedure | undefined,
): Entry<C> {
  const { uriTemplate, read, list, mimeType = DEFAULT_TYPE } = definition;
  const { match, expand } = compileTemplate(uriTemplate);
  return {
    called,
    uri: uriTemplate,
    template: { uriTemplate, ...describe(definition) },
    async list(options) {
      const listed = (await list?.(options)) ?? [];
      return listed.map(({ variables, ...named }) => ({ uri: expand(variables), ...named, mimeType }));
    },
    find(uri) {
      const variables = match(uri);
      if (!variables) return undefined;
      return { called, mimeType, read: (options) => read({ ...options, variables }) };
    },
  };
}

const describe = ({ name, title, description, mimeType = DEFAULT_TYPE }: DescribedResource) => ({
  name,
  ...(title !== undefined && { title }),
  ...(description !== undefined && { description }),
  mimeType,
});
