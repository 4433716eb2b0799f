import { createDocument, type oas31, type ZodOpenApiObject } from 'zod-openapi';
import { DIALECT } from './dialect.ts';

/** The number of paths that are written as JSON Schema at once, which takes some milliseconds. */
const PATHS_AT_ONCE = 50;

type Components = Record<string, Record<string, unknown>>;

/**
 * Writes the schemas of a document as JSON Schema, some paths at a time. It yields in between, so that other work can
 * run. If two parts give a component of one name different meanings, it writes the whole document at once.
 */
export function* render(document: ZodOpenApiObject): Generator<void, oas31.OpenAPIObject> {
  const all = Object.entries(document.paths ?? {});
  if (all.length <= PATHS_AT_ONCE) return createDocument(document, DIALECT);
  const whole: oas31.OpenAPIObject = createDocument({ ...document, paths: {} }, DIALECT);
  const paths: oas31.PathsObject = {};
  const components: Components = {};
  for (let start = 0; start < all.length; start += PATHS_AT_ONCE) {
    const some = Object.fromEntries(all.slice(start, start + PATHS_AT_ONCE));
    const part = createDocument({ ...document, paths: some }, DIALECT);
    if (!merge(components, { ...part.components })) return createDocument(document, DIALECT);
    Object.assign(paths, part.paths);
    yield;
  }
  return { ...whole, paths, components: { ...whole.components, ...components } };
}

/** Adds components to others. @returns false if one has the name of another one with a different meaning. */
function merge(into: Components, added: object): boolean {
  for (const [kind, named] of Object.entries(added) as [string, Record<string, unknown>][]) {
    const before = (into[kind] ??= {});
    for (const [name, component] of Object.entries(named)) {
      const other = before[name];
      if (other === undefined) before[name] = component;
      else if (JSON.stringify(other) !== JSON.stringify(component)) return false;
    }
  }
  return true;
}
