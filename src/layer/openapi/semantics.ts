import type { oas31 } from 'zod-openapi';
import type { Endpoint } from '../rest/endpoint.ts';

const IDEMPOTENCY_KEY: oas31.ParameterObject = {
  in: 'header',
  name: 'Idempotency-Key',
  description:
    'A unique key of your choice for this request, such as a UUID. A repeated request with the same key within 24 ' +
    'hours gets the first response and runs only once (draft-ietf-httpapi-idempotency-key-header).',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

const IF_NONE_MATCH: oas31.ParameterObject = {
  in: 'header',
  name: 'If-None-Match',
  description:
    'The `ETag` of a response that you have. If the resource is unchanged, the response is 304 without a body.',
  schema: { type: 'string' },
};

const IF_MATCH: oas31.ParameterObject = {
  in: 'header',
  name: 'If-Match',
  description:
    'The `ETag` of the state that you want to change. If the resource has changed since, the request fails with 412.',
  schema: { type: 'string' },
};

/** The parameters, headers and statuses that HTTP semantics add to an operation. */
export interface Semantics {
  /** The request headers for caching, preconditions and retries. */
  parameters: oas31.ParameterObject[];
  /** The headers of every success response. */
  common: ('RateLimit' | 'RateLimit-Policy')[];
  /** The headers of a success response with a value. */
  headers: ('ETag' | 'Idempotency-Replayed')[];
  /** The statuses in addition to those of every operation. */
  statuses: (304 | 412)[];
}

/** True if the response identifies its state by an ETag. */
const isState = ({ method, produces, rest }: Endpoint) =>
  method === 'GET' && produces === 'application/json' && !rest.stream;

/** What the operations of an API support beyond REST itself. */
export interface Features {
  /** True if the API stores responses for the header Idempotency-Key. Default: false. */
  idempotency?: boolean;
  /** True if responses tell what remains of a rate limit. Default: false. */
  rateLimits?: boolean;
}

/**
 * Creates a function that returns the HTTP semantics of an endpoint: ETags if a GET returns JSON, preconditions if a
 * method changes such a state, and the features of the API.
 */
export function createSemantics(
  endpoints: readonly Endpoint[],
  { idempotency = false, rateLimits = false }: Features,
): (endpoint: Endpoint) => Semantics {
  const states = new Set(endpoints.filter(isState).map(({ path }) => path));
  const common: Semantics['common'] = rateLimits ? ['RateLimit', 'RateLimit-Policy'] : [];
  return (endpoint) => {
    const { method, path, produces } = endpoint;
    if (method === 'GET') {
      return isState(endpoint)
        ? { parameters: [IF_NONE_MATCH], common, headers: ['ETag'], statuses: [304] }
        : { parameters: [], common, headers: [], statuses: [] };
    }
    const changesState = method !== 'POST' && states.has(path);
    const returnsState = changesState && produces !== null;
    return {
      parameters: [...(idempotency ? [IDEMPOTENCY_KEY] : []), ...(changesState ? [IF_MATCH] : [])],
      common,
      headers: [
        ...(returnsState ? (['ETag'] as const) : []),
        ...(idempotency ? (['Idempotency-Replayed'] as const) : []),
      ],
      // If there is no state to compare with, every precondition fails.
      statuses: [412],
    };
  };
}
