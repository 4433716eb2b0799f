import { defaultShouldDehydrateQuery, MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import superjson from 'superjson';
import { errorDataOf } from './errors.ts';

/**
 * The time for which a result is fresh, in milliseconds, so that the browser does not refetch prefetched data at once.
 */
const FRESH_MS = 30_000;
const MAX_RETRIES = 2;

/**
 * Creates a cache of query results: one per request on the server, one per page in the browser.
 * @param onError called for every failed query and mutation.
 */
export function createQueryClient(onError: (error: unknown) => void = () => undefined): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: (failures, error) => failures < MAX_RETRIES && (errorDataOf(error)?.retryable ?? true),
      },
      dehydrate: { serializeData: superjson.serialize, shouldDehydrateQuery: defaultShouldDehydrateQuery },
      hydrate: { deserializeData: superjson.deserialize },
    },
  });
}
