import {
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  isNonJsonSerializable,
  splitLink,
  type TRPCLink,
} from '@trpc/client';
import superjson from 'superjson';
import type { AppRouter } from './app-router.d.ts';

/** The server rejects larger batches. */
const MAX_BATCH_SIZE = 20;

/**
 * Returns the tRPC links of the browser. Subscriptions use server-sent events, which resume after the last event. A
 * FormData or a file is sent in a separate request. Other calls are sent in batches. A batch response is not streamed,
 * because a renewed session cookie is sent in its headers, and a streamed response sends its headers before
 * authentication.
 * @param url the URL of the RPC surface.
 */
export function links(url = '/api/trpc'): TRPCLink<AppRouter>[] {
  return [
    splitLink({
      condition: (operation) => operation.type === 'subscription',
      true: httpSubscriptionLink({ url, transformer: superjson }),
      false: splitLink({
        condition: ({ input }) => isNonJsonSerializable(input),
        true: httpLink({ url, transformer: superjson }),
        false: httpBatchLink({ url, transformer: superjson, maxItems: MAX_BATCH_SIZE, maxURLLength: 4000 }),
      }),
    }),
  ];
}
