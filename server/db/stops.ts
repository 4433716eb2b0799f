import { sql } from 'drizzle-orm';
import { runs } from './schema/index.ts';
import { channelName } from './names.ts';

/** The channel on which instances are notified that a run must stop. The payload is its id. */
export const STOP_CHANNEL = channelName('stops');

/**
 * A column for statements that request runs to stop. It notifies all instances with the commit, unlike events of the
 * log: stops are rare, and after a lost one, an answer would go on until its owner next renews its lease.
 */
export const notifyStop = sql`pg_notify(${STOP_CHANNEL}, ${runs.id})`;
