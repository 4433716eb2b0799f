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

/** The server refuses larger batches. */
const MAX_BATCH_SIZE = 20;

/**
 * How the browser reaches the procedures: subscriptions as server-sent events, which resume with the id of the last
 * event by themselves, a FormData or a file by itself, everything else in batches. A batch is answered whole and not piece by piece, because a renewed
 * session cookie travels in the answer's headers, which a streamed answer sends before anybody asked who is calling.
 * @param url where the RPC surface is, `/api/trpc` on the page's own origin.
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
