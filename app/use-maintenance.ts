import { useEffect, useSyncExternalStore } from 'react';
import { isInMaintenance, noteMaintenance, subscribeToMaintenance } from '#src/client/maintenance.ts';

/**
 * Returns whether the server rejects changes.
 * @param atFirst true if it did when it rendered the page.
 */
export function useMaintenance(atFirst: boolean): boolean {
  const isOn = useSyncExternalStore(subscribeToMaintenance, isInMaintenance, () => atFirst);
  useEffect(() => {
    if (atFirst) noteMaintenance();
  }, [atFirst]);
  return isOn;
}
