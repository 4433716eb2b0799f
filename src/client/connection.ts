import type { TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { AppRouter } from './app-router.d.ts';
import { errorDataOf } from './errors.ts';
import { noteMaintenance } from './maintenance.ts';
import { setReachable, setReconnecting } from './reachability.ts';

/** A link that notices calls that do not reach the server, and subscriptions that lose their connection. */
export const connectionLink: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    observable((observer) => {
      const call = next(op).subscribe({
        next(message) {
          const { result } = message;
          if (result.type !== 'state') setReachable(true);
          else if (result.state === 'pending') setReconnecting(op.id, false);
          // The first connection has no error.
          else if (result.state === 'connecting' && result.error) setReconnecting(op.id, true);
          observer.next(message);
        },
        error(error) {
          setReconnecting(op.id, false);
          // A rejected event stream does not tell whether the server was reached.
          if (op.type !== 'subscription' && !op.signal?.aborted) setReachable(errorDataOf(error) !== null);
          if (errorDataOf(error)?.code === 'MAINTENANCE') noteMaintenance();
          observer.error(error);
        },
        complete() {
          setReconnecting(op.id, false);
          observer.complete();
        },
      });
      return () => {
        setReconnecting(op.id, false);
        call.unsubscribe();
      };
    });
