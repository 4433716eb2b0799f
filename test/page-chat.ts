import { Chat } from '@ai-sdk/react';
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import type { AppRouter } from '#routers/index';
import { type ChatMessage, textOf } from '#src/client/messages.ts';
import { TrpcChatTransport } from '#src/client/transport.ts';
import { type Caller, localFetch } from './client.ts';

/** The chat of a page. */
export type PageChat = Chat<ChatMessage>;

/**
 * Creates the transport of a page.
 * @param connect opens the connections of its event streams.
 */
export function pageTransport(
  account: Pick<Caller, 'url' | 'headers'>,
  connect: typeof fetch = fetch,
): TrpcChatTransport {
  const options = { url: `${account.url}/api/trpc`, transformer: superjson };
  return new TrpcChatTransport(
    createTRPCClient<AppRouter>({
      links: [
        splitLink({
          condition: ({ type }) => type === 'subscription',
          true: httpSubscriptionLink({
            ...options,
            EventSource,
            eventSourceOptions: {
              fetch: (input, init) =>
                connect(input, { ...init, headers: { ...init.headers, ...account.headers } }),
            },
          }),
          false: httpBatchLink({ ...options, headers: account.headers, fetch: localFetch }),
        }),
      ],
    }),
  );
}

/** Opens a chat as a page does. */
export const pageChatOf = (
  account: Pick<Caller, 'url' | 'headers'>,
  id: string,
  connect?: typeof fetch,
): PageChat => new Chat<ChatMessage>({ id, transport: pageTransport(account, connect) });

/** Returns the texts of the messages that a page shows. */
export const textsOf = (chat: PageChat): string[] => chat.messages.map(textOf);
