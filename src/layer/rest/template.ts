/** `{name}` in a path or a location. */
export const PLACEHOLDER = /\{([^{}]+)\}/g;

/** Returns the name of a path segment that is a parameter, `{name}`; `undefined` for a literal segment. */
export function paramName(segment: string): string | undefined {
  return segment.startsWith('{') ? /^\{([^{}]+)\}$/.exec(segment)?.[1] : undefined;
}

/** Returns a path with its parameters named by position, as rou3 reads it: `/things/{id}` becomes `/things/:p2`. */
export function shapeOf(path: string): string {
  if (!path.includes('{')) return path;
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
  const conflicts: string[] = [];
  const groups = new Map<string, Placed[]>();
  for (const one of placed) {
    const shape = shapeOf(one.path);
    const group = groups.get(shape);
    if (!group) {
      groups.set(shape, [one]);
      continue;
    }
    const other = group.find(({ method, path }) => method === one.method || path !== one.path);
    if (other) conflicts.push(`${written(other)} and ${written(one)} conflict. ${ADVICE}`);
    group.push(one);
  }
  return conflicts;
}

const ADVICE = 'Change a path or method; paths of the same shape need the same parameter names.';

const written = ({ name, method, path }: Placed) => `${name} (${method} ${path})`;
