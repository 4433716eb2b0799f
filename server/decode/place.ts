import type { Kind } from './kinds.ts';

/** What holds members: an object or list of JSON, or one that an annotation makes something else of. */
export type Container = 'object' | 'list' | 'set' | 'map' | 'Error';

/** A place in an input, and the annotations that a value which the schema accepts can have there. */
export interface Place {
  takes: (kind: Kind) => boolean;
  /** The place of a member that the schema knows. */
  inside: (container: Container, key: string) => Place | undefined;
  /** The place of the fields of an object that the schema does not know. */
  rest?: Place | undefined;
  /** The places that it may be one of. */
  options?: ReadonlySet<Place>;
}

const nothing = () => undefined;

/** A place for values without members, that have one of some kinds. */
export const leaf = (...kinds: Kind[]): Place => ({
  takes: (kind) => kinds.includes(kind),
  inside: nothing,
});

/** A place where nothing can be annotated. */
export const PLAIN = leaf();

/** A place where anything may be. */
export const OPEN: Place = { takes: () => true, inside: () => OPEN };

/** A place for an object. */
export const objectOf = (fields: ReadonlyMap<string, Place>, rest: Place | undefined): Place => ({
  takes: () => false,
  inside: (container, key) => (container === 'object' ? fields.get(key) : undefined),
  rest,
});

/** A place for a list: `items`, then any number of `rest`. */
export const listOf = (items: readonly Place[], rest: Place | undefined): Place => ({
  takes: () => false,
  inside: (container, key) => (container === 'list' ? (items[Number(key)] ?? rest) : undefined),
});

/** A place for a set. */
export const setOf = (item: Place): Place => ({
  takes: (kind) => kind === 'set',
  inside: (container) => (container === 'set' ? item : undefined),
});

/** A place for a map; it comes as a list of pairs. */
export function mapOf(key: Place, value: Place): Place {
  const pair = listOf([key, value], undefined);
  return {
    takes: (kind) => kind === 'map',
    inside: (container) => (container === 'map' ? pair : undefined),
  };
}

/** The place of a member, known to the schema or not. */
export function memberOf(place: Place, container: Container, key: string): Place | undefined {
  return place.inside(container, key) ?? (container === 'object' ? place.rest : undefined);
}

/**
 * A place for a value of any of some kinds. Which of them it is does not matter, because an annotation means the same in
 * all of them. So each member is looked at once, however many options there are.
 */
export function anyOf(places: Iterable<Place | undefined>): Place | undefined {
  const options = flatten(places);
  const [only] = options;
  if (options.size < 2) return only;
  const list = [...options];
  return {
    takes: (kind) => list.some((option) => option.takes(kind)),
    inside: (container, key) => anyOf(list.map((option) => memberOf(option, container, key))),
    options,
  };
}

/** A place for a value that is all of some things at once: what one of them knows, the others need not know. */
export function allOf(places: readonly Place[]): Place {
  return {
    takes: (kind) => places.some((place) => place.takes(kind)),
    inside: (container, key) => anyOf(places.map((place) => place.inside(container, key))),
    rest: anyOf(places.map((place) => place.rest)),
  };
}

/** Places once each. There are no more of them than schemas, so unions in unions stay small. */
function flatten(places: Iterable<Place | undefined>): Set<Place> {
  const found = new Set<Place>();
  for (const place of places) {
    if (place?.options) for (const option of place.options) found.add(option);
    else if (place) found.add(place);
  }
  return found;
}
