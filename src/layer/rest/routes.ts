import { addRoute, createRouter, findRoute } from 'rou3';
import { groupBy } from '../group-by.ts';
import { type Endpoint, paramName } from './endpoint.ts';

/** The operations of one path. */
export interface Route {
  /** The endpoints by method. */
  endpoints: ReadonlyMap<string, Endpoint>;
  /** The value of an `Allow` header. */
  allow: string;
}

/** A route with the values of its parameters, in order, still percent-encoded as in the URL. */
export interface RouteMatch {
  route: Route;
  values: string[];
}

/**
 * Compiles endpoints into a radix tree. The cost of a lookup does not grow with their number. A static segment takes
 * precedence over a parameter, as in OpenAPI.
 * @returns a function that finds the route of a path below the path of the surface, such as `/things/42`.
 * @throws {Error} with the names of both procedures, if two have the same path and method, or different parameter names
 *   in the same place.
 */
export function compileRoutes(endpoints: Endpoint[]): (path: string) => RouteMatch | undefined {
  const tree = createRouter<Route>();
  for (const group of groupBy(endpoints, ({ path }) => pattern(path)).values()) {
    const [first] = group;
    if (first) addRoute(tree, '', pattern(first.path), routeOf(group));
  }
  return (path) => {
    // rou3 ignores a trailing slash. Here, a path must be exactly as in the OpenAPI document.
    if (path.endsWith('/') || path.includes('//')) return undefined;
    const match = findRoute(tree, '', path);
    return match && { route: match.data, values: Object.values(match.params ?? {}) };
  };
}

/** Returns a path for rou3. Its parameters are named by position, so an endpoint may use any name. */
function pattern(path: string): string {
  const segments = path.split('/');
  return segments.map((segment, i) => (paramName(segment) === undefined ? segment : `:p${i}`)).join('/');
}

function routeOf(group: Endpoint[]): Route {
  const endpoints = new Map<string, Endpoint>();
  for (const endpoint of group) {
    const other = endpoints.get(endpoint.method) ?? group[0];
    if (other && other !== endpoint && (other.method === endpoint.method || other.path !== endpoint.path)) {
      throw new Error(
        `${other.name} (${other.method} ${other.path}) and ${endpoint.name} (${endpoint.method} ${endpoint.path}) ` +
          'conflict. Change a path or method; paths of the same shape need the same parameter names.',
      );
    }
    endpoints.set(endpoint.method, endpoint);
  }
  const methods = [...endpoints.keys(), ...(endpoints.has('GET') ? ['HEAD'] : []), 'OPTIONS'];
  return { endpoints, allow: methods.join(', ') };
}
