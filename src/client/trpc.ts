import { createTRPCReact, type CreateTRPCReact } from '@trpc/react-query';
import type { inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from './app-router.d.ts';

/** Every procedure as typed React hooks: `trpc.chat.list.useInfiniteQuery(…)`, `trpc.chat.update.useMutation()`. */
export const trpc: CreateTRPCReact<AppRouter, unknown> = createTRPCReact<AppRouter>();

/** What each procedure answers with: `Outputs['chat']['get']`. */
export type Outputs = inferRouterOutputs<AppRouter>;
