/** The prefetch of pages whose components use the hooks of `trpc`. */
import type { InfiniteData } from '@tanstack/react-query';
import { createHydrationHelpers } from '@trpc/react-query/rsc';
import type { inferRouterOutputs } from '@trpc/server';
import { cache } from 'react';
import { type AppRouter } from '#routers/index';
import { createQueryClient } from '#src/client/query-client.ts';
import { messagesInput } from './(shell)/chat/list-input.ts';
import { callProcedures } from './session.ts';

const queryClient = cache(() => createQueryClient());

/** The procedures for the page being rendered. */
const helpers = cache(async () => createHydrationHelpers<AppRouter>(await callProcedures(), queryClient));

/**
 * Returns the procedures for server components: `(await api()).chat.get({ id })`. `.prefetch(…)` writes to the cache
 * that `Hydrate` passes to the browser. Pages that prefetch nothing use `session.ts`: this module adds the cache to the
 * code of a page.
 */
export async function api() {
  return (await helpers()).trpc;
}

/** Passes prefetched data to the hooks of its children. */
export async function Hydrate({ children }: { children: React.ReactNode }) {
  const { HydrateClient } = await helpers();
  return <HydrateClient>{children}</HydrateClient>;
}

type MessagePage = inferRouterOutputs<AppRouter>['chat']['messages'];

/** Prefetches the newest messages of a chat. @returns them, oldest first. */
export async function prefetchMessages(chatId: string): Promise<MessagePage['items']> {
  await (await api()).chat.messages.prefetchInfinite(messagesInput(chatId));
  // The only list of messages of this request.
  const queryKey = [['chat', 'messages']];
  const lists = queryClient().getQueriesData<InfiniteData<MessagePage>>({ queryKey });
  return lists.flatMap(([, list]) => list?.pages ?? []).flatMap(({ items }) => items);
}
