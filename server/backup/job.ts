import { z } from 'zod';
import { S3Config } from '#server/s3/config';
import { Manifest } from './manifest.ts';

/** What the process that exports a copy of the embedded database is to do. */
export const Job = z.strictObject({
  /** The folder with the files of the copy. */
  files: z.string(),
  /** The archive to write. */
  path: z.string(),
  /** The bucket of the settings. */
  s3: S3Config.optional(),
  secrets: Manifest.shape.secrets,
});
export type Job = z.output<typeof Job>;

/** What it prints at its end. */
export const ChildResult = z.union([
  z.strictObject({ written: z.strictObject({ rows: z.int(), bytes: z.int() }) }),
  z.strictObject({ problem: z.string() }),
]);
export type ChildResult = z.output<typeof ChildResult>;
