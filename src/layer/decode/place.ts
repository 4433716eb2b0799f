import { ALL_KINDS, type Kind, kindBits } from './kinds.ts';

/** A value with members: an object or list of JSON, or one that an annotation turns into another kind. */
export type Container = 'object' | 'list' | 'set' | 'map' | 'Error';

/** A place in an input, with the annotations that a value accepted by the schema can have there. */
export interface Place {
  /** The bits of the kinds that are accepted here. */
  kinds: number;
  /** Returns the place of a member that the schema knows. The members of a list have numbers as keys. */
  inside: (container: Container, key: string | number) => Place | undefined;
  /** The place of the fields of an object that the schema does not know. */
  rest: LazyPlace | undefined;
  /** The alternatives, if this place is a union. */
  options: ReadonlySet<Place> | undefined;
}

/** A place that is compiled at its first use, because schemas may contain themselves. */
export type LazyPlace = () => Place;

type Inside = Place['inside'];
const nothing: Inside = () => undefined;

/** Creates every place, so all have one hidden class in V8 and lookups in them stay fast. */
const placeOf = (kinds: number, inside: Inside, rest?: LazyPlace, options?: ReadonlySet<Place>): Place => ({
  kinds,
  inside,
  rest,
  options,
});

/** Creates a place for values without members, of any of some kinds. */
export const leaf = (...kinds: Kind[]): Place => placeOf(kindBits(kinds), nothing);

/** A place where nothing can be annotated. */
export const PLAIN = leaf();

/** A place for any value. */
export const OPEN: Place = placeOf(ALL_KINDS, () => OPEN);

/** Creates a place for an object. @param rest for other fields; without it, they have no place. */
export const objectOf = (fields: ReadonlyMap<unknown, LazyPlace>, rest: LazyPlace | undefined): Place =>
  placeOf(0, (container, key) => (container === 'object' ? fields.get(key)?.() : undefined), rest);

/** Creates a place for a list: `items`, then any number of `rest`. */
export const listOf = (items: readonly LazyPlace[], rest: LazyPlace | undefined): Place =>
  placeOf(0, (container, key) => (container === 'list' ? (items[Number(key)] ?? rest)?.() : undefined));

/** Creates a place for a set. */
export const setOf = (item: LazyPlace): Place =>
  placeOf(kindBits(['set']), (container) => (container === 'set' ? item() : undefined));

/** Creates a place for a map, which is sent as a list of pairs. */
export function mapOf(key: LazyPlace, value: LazyPlace): Place {
  const pair = listOf([key, value], undefined);
  return placeOf(kindBits(['map']), (container) => (container === 'map' ? pair : undefined));
}

/** Returns the place of a member, known to the schema or not; `undefined` if it has none. */
export function memberOf(place: Place, container: Container, key: string | number): Place | undefined {
  return place.inside(container, key) ?? (container === 'object' ? place.rest?.() : undefined);
}

/**
 * Creates a place for a value that may be in any of `places`. Its actual place does not matter, because an annotation
 * means the same in all of them. So each member is looked up once, however many options there are.
 */
export function anyOf(places: Iterable<Place | undefined>): Place | undefined {
  const options = flatten(places);
  const [only] = options;
  if (options.size < 2) return only;
  if (options.has(OPEN)) return OPEN;
  let kinds = 0;
  for (const option of options) kinds |= option.kinds;
  const holders = [...options].filter(({ inside, rest }) => inside !== nothing || rest);
  return placeOf(kinds, (container, key) => memberOfAny(holders, container, key), undefined, options);
}

/** Most options lack the member or have the same place for it, so a new place is created only if they differ. */
function memberOfAny(
  options: readonly Place[],
  container: Container,
  key: string | number,
): Place | undefined {
  let found: Place | undefined;
  let others: Place[] | undefined;
  for (const option of options) {
    const member = memberOf(option, container, key);
    if (!member || member === found) continue;
    if (found) (others ??= [found]).push(member);
    else found = member;
  }
  return others ? anyOf(others) : found;
}

/** Creates a place for a value that is in all of `places` at once. It is enough that one of them knows a member. */
export function allOf(places: readonly Place[]): Place {
  let kinds = 0;
  for (const place of places) kinds |= place.kinds;
  const rests = places.flatMap(({ rest }) => rest ?? []);
  return placeOf(
    kinds,
    (container, key) => anyOf(places.map((place) => place.inside(container, key))),
    rests.length > 0 ? () => anyOf(rests.map((rest) => rest())) ?? PLAIN : undefined,
  );
}

/** Returns each distinct place once. There are no more of them than schemas, so unions in unions stay small. */
function flatten(places: Iterable<Place | undefined>): Set<Place> {
  const found = new Set<Place>();
  for (const place of places) {
    if (place?.options) for (const option of place.options) found.add(option);
    else if (place) found.add(place);
  }
  return found;
}
