import { z } from 'zod';
import type { Env } from '#server/env';

/** How to reach a bucket. */
export const S3Config = z.strictObject({
  endpoint: z.string(),
  region: z.string(),
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  bucket: z.string(),
  /** Empty, or with `/` at its end. */
  prefix: z.string(),
  /** True if the bucket is in the path of URLs, not in their host. */
  usesPath: z.boolean(),
});
export type S3Config = z.output<typeof S3Config>;

type S3Settings = Pick<
  Env,
  | 'S3_BUCKET'
  | 'S3_ENDPOINT'
  | 'S3_REGION'
  | 'S3_ACCESS_KEY_ID'
  | 'S3_SECRET_ACCESS_KEY'
  | 'S3_PREFIX'
  | 'S3_FORCE_PATH_STYLE'
>;

/** Returns how to reach the bucket of the settings; `undefined` without S3_BUCKET. */
export function s3Config(env: S3Settings): S3Config | undefined {
  const { S3_BUCKET: bucket, S3_ENDPOINT: endpoint, S3_REGION: region } = env;
  if (bucket === undefined) return undefined;
  return {
    endpoint: endpoint ?? `https://s3.${region}.amazonaws.com`,
    region,
    accessKeyId: env.S3_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.S3_SECRET_ACCESS_KEY ?? '',
    bucket,
    prefix: env.S3_PREFIX ?? '',
    usesPath: env.S3_FORCE_PATH_STYLE ?? endpoint !== undefined,
  };
}
