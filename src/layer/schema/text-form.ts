import { defOf, type Schema, unwrap, unwrapOnce } from './schema.ts';

/**
 * How text carries a field: as one value, a repeated name, names in brackets, or JSON; `mixed` if a value may also be
 * an object or a list.
 */
export type TextForm = 'value' | 'list' | 'object' | 'json' | 'mixed';

/**
 * Returns how text carries a field. Brackets carry one level of values, as OpenAPI's `deepObject` does; the rest is
 * JSON.
 */
export function textFormOf(schema: Schema): TextForm {
  const bare = unwrap(schema, 'input');
  const listed = listedIn(bare);
  if (listed) return listed.every(isValue) ? 'list' : 'json';
  const named = namedIn(bare);
  if (named) return named.every(isValue) && !isPreprocessed(schema) ? 'object' : 'json';
  const choices = choicesOf(bare);
  if (!choices) return 'value';
  const forms = new Set(choices.map(textFormOf));
  const [only = 'value'] = forms;
  if (forms.size <= 1) return only;
  return forms.has('value') || forms.has('mixed') ? 'mixed' : 'json';
}

/** True if a field is a list, a set or a tuple. */
export const isList = (schema: Schema): boolean => listedIn(unwrap(schema, 'input')) !== undefined;

function isValue(schema: Schema): boolean {
  const bare = unwrap(schema, 'input');
  if (listedIn(bare) || namedIn(bare)) return false;
  return choicesOf(bare)?.every(isValue) ?? true;
}

/** Returns the schemas of a list's items; `undefined` if the schema is not a list. */
function listedIn(schema: Schema): readonly Schema[] | undefined {
  const def = defOf(schema);
  if (def.type === 'array') return [def.element];
  if (def.type === 'set') return [def.valueType];
  if (def.type !== 'tuple') return undefined;
  return def.rest ? [...def.items, def.rest] : def.items;
}

/** Returns the schemas of an object's fields; `undefined` if the schema is not an object. */
function namedIn(schema: Schema): readonly Schema[] | undefined {
  const def = defOf(schema);
  if (def.type === 'record' || def.type === 'map') return [def.valueType];
  if (def.type !== 'object') return undefined;
  return [...Object.values(def.shape), ...(def.catchall ? [def.catchall] : [])];
}

/** Returns the options of a union or both sides of an intersection, without those that text cannot express. */
function choicesOf(schema: Schema): readonly Schema[] | undefined {
  const def = defOf(schema);
  if (def.type === 'intersection') return [def.left, def.right];
  return def.type === 'union' ? def.options.filter((option) => !NO_TEXT.has(defOf(option).type)) : undefined;
}

const NO_TEXT: ReadonlySet<string> = new Set(['null', 'undefined', 'void', 'never']);

/** True if a function of the application (a preprocess) receives the field first, unchanged. */
export function isPreprocessed(schema: Schema): boolean {
  const def = defOf(schema);
  if (def.type === 'pipe') return defOf(def.in).type === 'transform';
  const inner = unwrapOnce(schema);
  return inner !== undefined && isPreprocessed(inner);
}
