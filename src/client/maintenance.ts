import { createListeners } from './listeners.ts';

/** The pause between two checks whether the maintenance has ended, in milliseconds. */
const CHECK_MS = 5_000;
const CHECK_TIMEOUT_MS = 5_000;

/** True from a sign of maintenance until a check finds that it has ended. */
let isOn = false;
const listeners = createListeners();

/** True if the server rejects changes, as far as this page knows. */
export const isInMaintenance = (): boolean => isOn;

/** Calls `listener` when `isInMaintenance` changes. @returns a function that ends this. */
export const subscribeToMaintenance = listeners.subscribe;

function set(next: boolean): void {
  if (next === isOn) return;
  isOn = next;
  listeners.notify();
  if (isOn) setTimeout(check, CHECK_MS);
}

/** True if the response of `/api/ready` says that the server is in maintenance. */
const saysSo = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'maintenance' in body && body.maintenance === 'on';

async function hasEnded(): Promise<boolean> {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  const response = await fetch('/api/ready', { cache: 'no-store', signal });
  return response.ok && !saysSo(await response.json());
}

function check(): void {
  hasEnded().then(
    (ended) => {
      if (ended) set(false);
      else setTimeout(check, CHECK_MS);
    },
    () => setTimeout(check, CHECK_MS),
  );
}

/** Tells that the server is in maintenance. The end is noticed by itself. */
export function noteMaintenance(): void {
  set(true);
}
