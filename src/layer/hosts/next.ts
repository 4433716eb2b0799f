import { type Api, DEFAULT_MAX_DURATION } from '../api.ts';
import { hostRequest } from '../call/host-request.ts';
import { toResponse, withoutBody } from '../call/response.ts';

/** The second argument of a route handler of Next.js. */
interface RouteContext {
  params: Promise<Record<string, string | string[] | undefined>>;
}

/** The options of the Next.js host. */
export interface RouteOptions<Platform> {
  /** The maximum duration of a call, in seconds. Set it to the `maxDuration` of the route. Default: 60. */
  maxDuration?: number;
  /** Returns the platform of a call. Default: the context of the route. */
  platform?: (request: Request, context: RouteContext) => Platform;
}

type RouteHandler = (request: Request, context: RouteContext) => Promise<Response>;

/** The methods that a route of Next.js exports. */
export type RouteHandlers = Record<
  'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS',
  RouteHandler
>;

/**
 * Returns the handlers of a catch-all route of Next.js (`app/api/[...path]/route.ts`) that serves an API. A trailing
 * slash, which `trailingSlash: true` adds to each path, is removed.
 * @param api the API to serve.
 * @example export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = toRouteHandlers(api);
 */
export function toRouteHandlers<Platform = RouteContext>(
  api: Api<Platform>,
  { maxDuration = DEFAULT_MAX_DURATION, platform }: RouteOptions<Platform> = {},
): RouteHandlers {
  const handler: RouteHandler = async (request, context) => {
    // Without the option, the types require an API whose platform is the context of the route.
    const own = platform ? platform(request, context) : (context as Platform);
    const host = hostRequest(request, { platform: own, maxDuration });
    const path = host.path.length > 1 && host.path.endsWith('/') ? host.path.slice(0, -1) : host.path;
    const response = toResponse(await api.respond({ ...host, path }));
    return request.method === 'HEAD' ? withoutBody(response) : response;
  };
  return {
    GET: handler,
    HEAD: handler,
    POST: handler,
    PUT: handler,
    PATCH: handler,
    DELETE: handler,
    OPTIONS: handler,
  };
}
