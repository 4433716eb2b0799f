/**
 * The compiler checks here that a call of a procedure without input needs no argument: of a React hook, a tRPC client,
 * a server component and an SDK, by the declaration for clients and by the router itself.
 */
import type { TRPCClient } from '@trpc/client';
import type { inferProcedureInput } from '@trpc/server';
import { trpc } from '#src/client/trpc.ts';
import type { AppRouter } from '#src/client/app-router.d.ts';
import type { Switchboard } from '#src/sdk/index.ts';
import type { Api } from '#test/caller';

export const useAccount = () => [
  trpc.users.me.useQuery(),
  trpc.chat.models.useQuery(),
  trpc.protected.get.useQuery(),
  trpc.useUtils().users.me.prefetch(),
];

export const called = (client: TRPCClient<AppRouter>, caller: Api, sdk: Switchboard) => [
  client.users.me.query(),
  client.protected.exportData.query(),
  caller.users.me(),
  caller.protected.providerKeys.list(),
  sdk.users.me(),
];

type Inputs = AppRouter['_def']['record'];
type Absent<Input extends void> = Input;
export type NoInputs = [
  Absent<inferProcedureInput<Inputs['users']['me']>>,
  Absent<inferProcedureInput<Inputs['protected']['adminClaim']>>,
];
