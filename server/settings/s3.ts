import { z } from 'zod';
import { flag, optional, withDefault } from './fields.ts';

/** Characters that every S3 server accepts in keys, in segments that are not empty. */
const PREFIX = /^(?:(?!\.{1,2}\/)[A-Za-z0-9._-]+\/)+$/;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** The settings of S3. */
export const s3 = {
  FILE_STORE: withDefault(z.enum(['database', 's3']), 'database').meta({
    description:
      'Where the content of uploaded files is stored. With s3, in S3_BUCKET. A backup does not contain these. Files that are stored already stay where they are.',
    examples: ['s3'],
  }),
  S3_BUCKET: optional(
    z.string().regex(BUCKET, 'must be the name of a bucket (lowercase letters, digits, dots and hyphens)'),
  ).meta({
    description:
      'The bucket of an S3 server. If BACKUP_DIR is empty, scheduled backups are stored in it, and with FILE_STORE=s3 uploaded files. Needs S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.',
    examples: ['example-switchboard'],
  }),
  S3_ENDPOINT: optional(z.url({ protocol: /^https?$/ })).meta({
    description: 'The URL of the S3 server. Default: Amazon S3 in S3_REGION.',
    examples: ['https://minio.example.com:9000'],
  }),
  S3_REGION: withDefault(
    z.string().regex(/^[a-z0-9-]+$/, 'must be a name such as eu-central-1'),
    'us-east-1',
  ).meta({
    description: 'The region of the bucket. Many other servers than Amazon S3 ignore it, or want auto.',
    examples: ['eu-central-1'],
  }),
  S3_ACCESS_KEY_ID: optional(
    z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
  ).meta({
    description: 'The id of the key for the bucket.',
    examples: ['AKIAIOSFODNN7EXAMPLE'],
  }),
  S3_SECRET_ACCESS_KEY: optional(
    z.string().regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
  ).meta({
    description: 'The secret of that key.',
    examples: ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
  }),
  S3_PREFIX: optional(
    z.string().regex(PREFIX, 'must end with / and have letters, digits, dots, hyphens and underscores'),
  ).meta({
    description:
      'The beginning of all keys in the bucket. Each installation needs a bucket or a prefix of its own.',
    examples: ['production/'],
  }),
  S3_FORCE_PATH_STYLE: optional(flag).meta({
    description:
      'Set to true if the bucket is in the path of URLs, and to false if it is in their host name. Default: true with S3_ENDPOINT, else false.',
    examples: ['true'],
  }),
};
