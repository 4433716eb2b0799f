import type { oas31 } from 'zod-openapi';
import type { Endpoint } from '../rest/endpoint.ts';

const IDEMPOTENCY_KEY: oas31.ParameterObject = {
  in: 'header',
  name: 'Idempotency-Key',
  description:
    'A key of your choice for this call, such as a UUID: the same call sent again under it within 24 hours has the ' +
    'first answer and is not done twice (draft-ietf-httpapi-idempotency-key-header).',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
};

const IF_NONE_MATCH: oas31.ParameterObject = {
  in: 'header',
  name: 'If-None-Match',
  description:
    'The `ETag` of an answer you have: when it is still the same, the answer is 304 without a body.',
  schema: { type: 'string' },
};

const IF_MATCH: oas31.ParameterObject = {
  in: 'header',
  name: 'If-Match',
  description: 'The `ETag` of what you mean to change: when it was changed since, nothing is done (412).',
  schema: { type: 'string' },
};

/** What HTTP adds to a call and its answers. */
export interface Semantics {
  /** Request headers with which HTTP itself says how the call is meant. */
  parameters: oas31.ParameterObject[];
  /** Headers of the success. */
  headers: ('ETag' | 'Idempotency-Replayed')[];
  /** Statuses beside those of every call. */
  statuses: (304 | 412)[];
}

/** Whether an answer names its state by an ETag. */
const isState = ({ method, produces, rest }: Endpoint) =>
  method === 'GET' && produces === 'application/json' && !rest.stream;

/**
 * Finds out what HTTP adds to each endpoint of a surface: states that are named by ETags where a GET answers in JSON,
 * changes to such states under a condition, and unsafe calls that can be sent again.
 */
export function createSemantics(endpoints: readonly Endpoint[]): (endpoint: Endpoint) => Semantics {
  const states = new Set(endpoints.filter(isState).map(({ path }) => path));
  return (endpoint) => {
    const { method, path, produces } = endpoint;
    if (method === 'GET') {
      return isState(endpoint)
        ? { parameters: [IF_NONE_MATCH], headers: ['ETag'], statuses: [304] }
        : { parameters: [], headers: [], statuses: [] };
    }
    const changesState = method !== 'POST' && states.has(path);
    const answersState = changesState && produces !== null;
    return {
      parameters: changesState ? [IDEMPOTENCY_KEY, IF_MATCH] : [IDEMPOTENCY_KEY],
      headers: answersState ? ['ETag', 'Idempotency-Replayed'] : ['Idempotency-Replayed'],
      // Without a state to compare with, a condition cannot be met.
      statuses: [412],
    };
  };
}
