import type { TRPCDataTransformer } from '@trpc/server';
import superjson from 'superjson';

const unread: TRPCDataTransformer = Object.create(superjson, {
  deserialize: {
    value: (): never => {
      throw new Error('superjson was given an input.');
    },
  },
});

/** superjson as a transformer, which fails if it gets an input. */
export const unreadSuperjson = { input: unread, output: superjson };
