import { ALL_KINDS, type Kind, kindBits } from './kinds.ts';

/** What holds members: an object or list of JSON, or one that an annotation makes something else of. */
export type Container = 'object' | 'list' | 'set' | 'map' | 'Error';

/** A place in an input, and the annotations that a value which the schema accepts can have there. */
export interface Place {
  /** The bits of the kinds that it takes. */
  kinds: number;
  /** The place of a member that the schema knows. What JSON has as a list has numbers for keys. */
  inside: (container: Container, key: string | number) => Place | undefined;
  /** The place of the fields of an object that the schema does not know. */
  rest: LazyPlace | undefined;
  /** The places that it may be one of. */
  options: ReadonlySet<Place> | undefined;
}

/** A place that is compiled when it is first looked at, because schemas may contain themselves. */
export type LazyPlace = () => Place;

type Inside = Place['inside'];
const nothing: Inside = () => undefined;

/** Every place is made here, so that all have one hidden class and lookups in them stay fast. */
const placeOf = (kinds: number, inside: Inside, rest?: LazyPlace, options?: ReadonlySet<Place>): Place => ({
  kinds,
  inside,
  rest,
  options,
});

/** A place for values without members, that have one of some kinds. */
export const leaf = (...kinds: Kind[]): Place => placeOf(kindBits(kinds), nothing);

/** A place where nothing can be annotated. */
export const PLAIN = leaf();

/** A place where anything may be. */
export const OPEN: Place = placeOf(ALL_KINDS, () => OPEN);

/** A place for an object. */
export const objectOf = (fields: ReadonlyMap<unknown, LazyPlace>, rest: LazyPlace | undefined): Place =>
  placeOf(0, (container, key) => (container === 'object' ? fields.get(key)?.() : undefined), rest);

/** A place for a list: `items`, then any number of `rest`. */
export const listOf = (items: readonly LazyPlace[], rest: LazyPlace | undefined): Place =>
  placeOf(0, (container, key) => (container === 'list' ? (items[Number(key)] ?? rest)?.() : undefined));

/** A place for a set. */
export const setOf = (item: LazyPlace): Place =>
  placeOf(kindBits(['set']), (container) => (container === 'set' ? item() : undefined));

/** A place for a map; it comes as a list of pairs. */
export function mapOf(key: LazyPlace, value: LazyPlace): Place {
  const pair = listOf([key, value], undefined);
  return placeOf(kindBits(['map']), (container) => (container === 'map' ? pair : undefined));
}

/** The place of a member, known to the schema or not. */
export function memberOf(place: Place, container: Container, key: string | number): Place | undefined {
  return place.inside(container, key) ?? (container === 'object' ? place.rest?.() : undefined);
}

/**
 * A place for a value of any of some kinds. Which of them it is does not matter, because an annotation means the same in
 * all of them. So each member is looked at once, however many options there are.
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

/** Most options have no such member, or have the same; only where they differ, a place has to be made. */
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

/** A place for a value that is all of some things at once: what one of them knows, the others need not know. */
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

/** Places once each. There are no more of them than schemas, so unions in unions stay small. */
function flatten(places: Iterable<Place | undefined>): Set<Place> {
  const found = new Set<Place>();
  for (const place of places) {
    if (place?.options) for (const option of place.options) found.add(option);
    else if (place) found.add(place);
  }
  return found;
}
