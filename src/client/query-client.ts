import { defaultShouldDehydrateQuery, MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import superjson from 'superjson';
import { errorDataOf } from './errors.ts';

/** How long an answer counts as fresh, in milliseconds: what the server has rendered is not fetched again at once. */
const FRESH_MS = 30_000;
const MAX_RETRIES = 2;

/**
 * A cache of query results; the server makes one for each request, the browser one for the page.
 * @param onError told of every failed query and mutation.
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
