import { isMigrated } from '#server/db/migration-state';
import { readSwitch, rowsOf } from '#server/maintenance/switch';
import { type Found, ok, warning } from './finding.ts';
import type { Reachable } from './subject.ts';

/** Checks that changes are accepted. */
export async function checkMaintenance({ database, env, isInMaintenance }: Reachable): Promise<Found[]> {
  if (!(await isMigrated(database))) return [];
  const last = await readSwitch(rowsOf(database));
  if (last?.isOn) return [warning('maintenanceOn', { since: last.at.toISOString() })];
  return [(isInMaintenance ?? env.MAINTENANCE) ? warning('maintenanceSet') : ok('maintenanceOff')];
}
