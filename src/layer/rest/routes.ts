import { addRoute, createRouter, findRoute } from 'rou3';
import { type Endpoint, paramName } from './endpoint.ts';

/** What is served under one path. */
export interface Route {
  endpoints: ReadonlyMap<string, Endpoint>;
  /** The methods for an `Allow` header. */
  allow: string;
}

/** A route with the values of its parameters as they stand in the URL, in order, still percent-encoded. */
export interface RouteMatch {
  route: Route;
  values: string[];
}

/**
 * Compiles endpoints into a radix tree: the cost of a look-up does not grow with their number, and a static
 * segment wins over a parameter, as in OpenAPI.
 * @returns a function that finds the route of a path below the surface's own, such as `/things/42`.
 * @throws {Error} with the names of both procedures that want the same address.
 */
export function compileRoutes(endpoints: Endpoint[]): (path: string) => RouteMatch | undefined {
  const tree = createRouter<Route>();
  for (const group of groupByShape(endpoints).values()) {
    const [first] = group;
    if (first) addRoute(tree, '', pattern(first.path), routeOf(group));
  }
  return (path) => {
    // rou3 ignores a trailing slash; here a path is exactly what the document says it is.
    if (path.endsWith('/') || path.includes('//')) return undefined;
    const match = findRoute(tree, '', path);
    return match && { route: match.data, values: Object.values(match.params ?? {}) };
  };
}

/** A path for rou3. Parameters are named by position there, so they may have any name here. */
function pattern(path: string): string {
  const segments = path.split('/');
  return segments.map((segment, i) => (paramName(segment) === undefined ? segment : `:p${i}`)).join('/');
}

function groupByShape(endpoints: Endpoint[]): Map<string, Endpoint[]> {
  const groups = new Map<string, Endpoint[]>();
  for (const endpoint of endpoints) {
    const shape = pattern(endpoint.path);
    const group = groups.get(shape) ?? [];
    groups.set(shape, [...group, endpoint]);
  }
  return groups;
}

function routeOf(group: Endpoint[]): Route {
  const endpoints = new Map<string, Endpoint>();
  for (const endpoint of group) {
    const other = endpoints.get(endpoint.method) ?? group[0];
    if (other && other !== endpoint && (other.method === endpoint.method || other.path !== endpoint.path)) {
      throw new Error(
        `${other.name} (${other.method} ${other.path}) and ${endpoint.name} (${endpoint.method} ${endpoint.path}) ` +
          'are the same address; give one of them another path, and parameters in one place one name.',
      );
    }
    endpoints.set(endpoint.method, endpoint);
  }
  const methods = [...endpoints.keys(), ...(endpoints.has('GET') ? ['HEAD'] : []), 'OPTIONS'];
  return { endpoints, allow: methods.join(', ') };
}
