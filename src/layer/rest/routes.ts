import { addRoute, createRouter, findRoute } from 'rou3';
import { groupBy } from '../group-by.ts';
import type { Endpoint } from './endpoint.ts';
import { shapeOf } from './template.ts';

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
 * @param endpoints the endpoints, no two of which conflict.
 * @returns a function that finds the route of a path below the path of the surface, such as `/things/42`.
 */
export function compileRoutes(endpoints: Endpoint[]): (path: string) => RouteMatch | undefined {
  const tree = createRouter<Route>();
  for (const group of groupBy(endpoints, ({ path }) => shapeOf(path)).values()) {
    const [first] = group;
    if (first) addRoute(tree, '', shapeOf(first.path), routeOf(group));
  }
  return (path) => {
    // rou3 ignores a trailing slash. Here, a path must be exactly as in the OpenAPI document.
    if (path.endsWith('/') || path.includes('//')) return undefined;
    const match = findRoute(tree, '', path);
    return match && { route: match.data, values: Object.values(match.params ?? {}) };
  };
}

function routeOf(group: Endpoint[]): Route {
  const endpoints = new Map(group.map((endpoint) => [endpoint.method, endpoint]));
  const methods = [...endpoints.keys(), ...(endpoints.has('GET') ? ['HEAD'] : []), 'OPTIONS'];
  return { endpoints, allow: methods.join(', ') };
}
