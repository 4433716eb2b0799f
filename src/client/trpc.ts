import { createTRPCReact, type CreateTRPCReact } from '@trpc/react-query';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from './app-router.d.ts';

/** All procedures as typed React hooks: `trpc.chat.list.useInfiniteQuery(…)`, `trpc.chat.update.useMutation()`. */
export const trpc: CreateTRPCReact<AppRouter, unknown> = createTRPCReact<AppRouter>();

/** The output of each procedure: `Outputs['chat']['get']`. */
export type Outputs = inferRouterOutputs<AppRouter>;

/** The input of each procedure: `Inputs['chat']['update']`. */
export type Inputs = inferRouterInputs<AppRouter>;
