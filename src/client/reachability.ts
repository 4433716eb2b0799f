import { createListeners } from './listeners.ts';

/** The pause between two checks whether the server can be reached again, in milliseconds. */
const CHECK_MS = 2_000;
const CHECK_TIMEOUT_MS = 5_000;

/** True from a call that did not reach the server until a request that did. */
let isUnreachable = false;
/** The ids of the subscriptions that are reconnecting. */
const reconnecting = new Set<number>();
const listeners = createListeners();
let check: ReturnType<typeof setTimeout> | undefined;

/** True if the last call reached the server, and no subscription is reconnecting. */
export const isConnected = (): boolean => !isUnreachable && reconnecting.size === 0;

/** Calls `listener` when `isConnected` changes. @returns a function that ends this. */
export const subscribeToConnection = listeners.subscribe;

/** Applies a change, and notifies the listeners if it makes a difference. */
function apply(change: () => void): void {
  const before = isConnected();
  change();
  if (isConnected() !== before) listeners.notify();
}

/** Tells whether a call has reached the server. */
export function setReachable(isReachable: boolean): void {
  clearTimeout(check);
  if (!isReachable) check = setTimeout(checkServer, CHECK_MS);
  apply(() => {
    isUnreachable = !isReachable;
  });
}

function checkServer(): void {
  fetch('/api/health', { cache: 'no-store', signal: AbortSignal.timeout(CHECK_TIMEOUT_MS) }).then(
    ({ ok }) => setReachable(ok),
    () => setReachable(false),
  );
}

/** Tells whether a subscription is reconnecting. */
export function setReconnecting(id: number, isReconnecting: boolean): void {
  apply(() => {
    if (isReconnecting) reconnecting.add(id);
    else reconnecting.delete(id);
  });
}
