import type { Database } from '#server/db/database';
import type { Env } from '#server/env';
import type { Secrets } from '#server/secrets/secrets';

/** The request by which a report was asked for. */
export interface CallPath {
  /** The IP address of the other end of the connection. */
  peer: string | null;
  /** The IP address that counts as the client's. */
  client: string | null;
  /** The header X-Forwarded-For. */
  forwarded: string | null;
}

/** What is checked. */
export interface Subject {
  env: Env;
  /** Undefined if it is not open, for `reason`. */
  database: Database | undefined;
  /** The error of opening the database; `undefined` if there is none yet. */
  reason?: unknown;
  /** @throws {Error} if the file with them cannot be read. */
  secrets: () => Secrets | undefined;
  /** Left out if it was not asked for by HTTP. */
  call?: CallPath;
  /** True if the instance that is checked is in maintenance mode; left out if none is. */
  isInMaintenance?: boolean;
  signal: AbortSignal;
}

/** A subject whose database responds. */
export type Reachable = Subject & { database: Database };
