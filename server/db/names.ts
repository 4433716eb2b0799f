import { type SQL, sql } from 'drizzle-orm';

/**
 * The prefix of the functions and channels of the database. Migrations, which never change, create functions with it.
 * So it must stay the same, even if the product gets another name.
 */
const PREFIX = 'switchboard_';

/** Returns the name of a channel, for LISTEN and NOTIFY. */
export const channelName = (name: 'identities' | 'maintenance' | 'runs' | 'stops'): string =>
  `${PREFIX}${name}`;

/** Returns the name of a function that a migration creates, as SQL. */
export const functionName = (name: 'pay' | 'place' | 'reserve' | 'running_answers'): SQL =>
  sql.raw(`${PREFIX}${name}`);
