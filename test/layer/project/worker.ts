/** The API for a runtime of the Fetch API. */
import { createApi, toRouteHandlers } from '@switchboard/layer';
import { toRouteHandlers as fromNext } from '@switchboard/layer/next';
import { createApi as fromFetch } from '@switchboard/layer/fetch';
import { CORE_ERRORS } from '@switchboard/layer/client';
import { testIdempotencyStore } from '@switchboard/layer/testing';
import { api } from './api.ts';
import { answers, type Call } from './calls.ts';

export default { fetch: api.fetch };
export const run = (calls: readonly Call[]) => answers(api.request, calls);
export const { GET } = toRouteHandlers(api);
/** The same functions have the same types, whatever they are imported from. */
export const same: [typeof createApi, typeof toRouteHandlers] = [fromFetch, fromNext];
export const others = [CORE_ERRORS, testIdempotencyStore];
