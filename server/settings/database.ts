import { z } from 'zod';

/** The location of a database: the folder of an embedded one, or the URL of a Postgres server. */
export const databaseUrl = z
  .string()
  .regex(/^(file:.+|postgres(ql)?:\/\/.+)$/, 'must start with file:, postgres:// or postgresql://');
