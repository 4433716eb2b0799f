/** `{name}` in a path or a location. */
export const PLACEHOLDER = /\{([^{}]+)\}/g;

/** Returns the name of a path segment that is a parameter, `{name}`; `undefined` for a literal segment. */
export function paramName(segment: string): string | undefined {
  return /^\{([^{}]+)\}$/.exec(segment)?.[1];
}

/** Returns a path with its parameters named by position, as rou3 reads it: `/things/{id}` becomes `/things/:p2`. */
export function shapeOf(path: string): string {
  const segments = path.split('/');
  return segments.map((segment, i) => (paramName(segment) === undefined ? segment : `:p${i}`)).join('/');
}

/** A procedure and the request that calls it. */
interface Placed {
  name: string;
  method: string;
  path: string;
}

/** Returns a sentence for each procedure that cannot be served beside an earlier one, with the names of both. */
export function conflictsOf(placed: readonly Placed[]): string[] {
  const groups = new Map<string, Placed[]>();
  return placed.flatMap((one) => {
    const shape = shapeOf(one.path);
    const group = groups.get(shape) ?? [];
    groups.set(shape, [...group, one]);
    const other = group.find(({ method, path }) => method === one.method || path !== one.path);
    if (!other) return [];
    const written = ({ name, method, path }: Placed) => `${name} (${method} ${path})`;
    return [
      `${written(other)} and ${written(one)} conflict. Change a path or method; paths of the same shape need the same ` +
        'parameter names.',
    ];
  });
}
