import { existsSync, readFileSync } from 'node:fs';
import { parseEnv as parseFile } from 'node:util';
import { z } from 'zod';
import { MAX_BATCH_SIZE } from '#layer/limits';
import '#layer/messages';
import { MAX_ATTACHED, MAX_UPLOADED_BYTES } from '#contract/file-limits';
import { PRODUCT } from '#contract/product';
import { databaseUrl } from './settings/database.ts';
import { flag, integer, optional, withDefault } from './settings/fields.ts';
import { answers, models, quotas } from './settings/models.ts';
import { trustedProxies } from './settings/proxies.ts';
import { s3 } from './settings/s3.ts';
import { AuthSecret, EncryptionKey, secretList } from './settings/secrets.ts';
import { LogFormat, telemetry } from './settings/telemetry.ts';

const isOrigin = (text: string) =>
  text === '*' || (/^https?:/.test(text) && URL.parse(text)?.origin === text);

// The settings by subject, with their schema and description, and with an example if the default is not a good one.
// `.env.example` and docs/configuration.md are generated from them, in this order.

const server = {
  NODE_ENV: withDefault(z.enum(['development', 'production', 'test']), 'production').meta({
    description: 'The mode of the process. The scripts set it.',
  }),
  PORT: withDefault(integer(0, 65535), 3000).meta({
    description: 'The TCP port to listen on. 0 picks a free port.',
  }),
  HOST: withDefault(z.string().min(1), '0.0.0.0').meta({
    description: 'The IP address to listen on. 127.0.0.1 accepts connections from this machine only.',
    examples: ['127.0.0.1'],
  }),
  APP_URL: optional(z.url({ protocol: /^https?$/ })).meta({
    description:
      'The public origin. Required under any host name but localhost: requests of browsers to a host other than this one, localhost or an IP address are rejected. With https://, cookies are marked Secure. Default: http://localhost:PORT.',
    examples: ['https://app.example.com'],
  }),
  TRUST_PROXY: withDefault(trustedProxies, false).meta({
    description:
      'Set to true behind a reverse proxy that sets X-Forwarded-For, X-Forwarded-Host and X-Forwarded-Proto or appends to them. The last entry of each is used. Otherwise these headers are ignored. Behind several proxies, set it to their number, or to their networks, such as 10.0.0.0/8,fd00::/8. With networks, the headers of other peers are ignored.',
    examples: ['true'],
  }),
  KEEP_ALIVE_SECONDS: optional(integer(1, 3600)).meta({
    description:
      'How long an idle connection stays open, in seconds. It must be longer than in the proxy. Default: 75 with TRUST_PROXY, else 5.',
    examples: ['75'],
  }),
  DRAIN_MS: optional(integer(0, 60_000)).meta({
    description:
      'How long a server that stops still serves new requests, in milliseconds, while /api/ready answers 503. A load balancer must notice within this time. Default: 5000 with TRUST_PROXY, else 0.',
    examples: ['5000'],
  }),
  MAINTENANCE: withDefault(flag, false).meta({
    description:
      'Set to true to start this server in maintenance mode: reading works, and changes are rejected with status 503. npm run admin -- maintenance off ends it while the server runs.',
    examples: ['true'],
  }),
  CORS_ORIGINS: optional(
    z
      .string()
      .transform((list) => list.split(',').map((origin) => origin.trim()))
      .pipe(
        z.array(z.string().refine(isOrigin, 'each must be an origin such as https://app.example.com, or *')),
      ),
  ).meta({
    description:
      'Origins whose pages may call the API with an API key, separated by commas, or * for all. Default: none.',
    examples: ['https://app.example.com,http://localhost:5173'],
  }),
};

const storage = {
  DATA_DIR: withDefault(z.string().min(1), '.data').meta({
    description: 'The folder of the embedded database and of generated secrets.',
    examples: [`/var/lib/${PRODUCT.slug}`],
  }),
  DATABASE_URL: optional(databaseUrl).meta({
    description:
      'The database. Empty or file:PATH for the embedded database (PGlite), which can lose data in a power loss. postgres://… for Postgres 15 or later; use this in production.',
    examples: [`postgres://user:password@127.0.0.1:5432/${PRODUCT.slug}`],
  }),
  DATABASE_DIRECT_URL: optional(
    z.string().regex(/^postgres(ql)?:\/\/.+$/, 'must start with postgres:// or postgresql://'),
  ).meta({
    description:
      'The URL of the same Postgres without a transaction pooler, for migrations, LISTEN and locks. Set it to let DATABASE_URL be a transaction pooler, such as PgBouncer. Default: DATABASE_URL.',
    examples: [`postgres://user:password@127.0.0.1:5432/${PRODUCT.slug}`],
  }),
  DATABASE_PREPARED: withDefault(flag, false).meta({
    description:
      'Set to true if DATABASE_URL is a transaction pooler that supports prepared statements, such as PgBouncer 1.21 or later with max_prepared_statements. Only with DATABASE_DIRECT_URL. Without it, statements are always prepared.',
    examples: ['true'],
  }),
  DATABASE_POOL_SIZE: withDefault(integer(2, 200), 10).meta({
    description: 'The connections in the pool of each instance. Up to two more are for LISTEN and locks.',
  }),
  AUTH_SECRET: optional(secretList(AuthSecret)).meta({
    description:
      'The secret that signs session cookies. If empty, one is generated in DATA_DIR. Set it if there are several instances. To change it, put the new one before the old one, separated by a comma.',
    examples: ['a-long-random-string-of-32-or-more-characters'],
  }),
  ENCRYPTION_KEY: optional(secretList(EncryptionKey)).meta({
    description:
      'The key that encrypts stored provider keys. If empty, one is generated in DATA_DIR. To change it, put the new one before the old one, separated by a comma, and run npm run admin -- keys rotate.',
    examples: ['MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY='],
  }),
};

const backups = {
  BACKUP_DIR: optional(z.string().min(1)).meta({
    description:
      'The folder for scheduled backups of the database. On Postgres, one instance makes each of them. If empty, they are stored in S3_BUCKET, or none are made without it.',
    examples: [`/var/backups/${PRODUCT.slug}`],
  }),
  BACKUP_EVERY: withDefault(integer(0, 8760), 24).meta({
    description: 'Hours between two scheduled backups. 0: none are made.',
  }),
  BACKUP_KEEP: withDefault(integer(1, 10_000), 7).meta({
    description:
      'Scheduled backups to keep. Older ones are deleted after a newer one was made and read back.',
  }),
};

const accounts = {
  ADMIN_EMAIL: optional(z.email()).meta({
    description:
      'The email address of the only account that can become the first admin, with the code that the server prints on its console. If empty, the first account becomes the admin if it signs up on the machine of the server. From elsewhere, it needs the code. npm run admin -- account admin makes an existing account an admin.',
    examples: ['ops@example.com'],
  }),
  AUTH_RATE_LIMIT: withDefault(integer(1, 100_000), 60).meta({
    description:
      'Attempts per minute and IP address. Sign-ins, sign-ups and password changes are each counted separately.',
  }),
  SIGN_IN_RATE_LIMIT: withDefault(integer(1, 100_000), 20).meta({
    description:
      'Failed sign-ins per hour and account, from all IP addresses together. A browser that has signed in to the account before has a separate limit of the same size.',
  }),
  GUEST_RATE_LIMIT: withDefault(integer(1, 100_000), 20).meta({
    description: 'New guests per minute and IP address.',
  }),
  UNKNOWN_KEY_LIMIT: withDefault(integer(1, 1_000_000_000), 60).meta({
    description:
      'Unknown API keys that are looked up in the database per minute and IP address. Requests with further unknown keys get 429.',
  }),
  OAUTH_RATE_LIMIT: withDefault(integer(1, 100_000), 60).meta({
    description:
      'OAuth requests per minute and IP address. Requests for authorization, tokens, revocation and registration are each counted separately.',
  }),
  MCP_DYNAMIC_REGISTRATION: withDefault(flag, false).meta({
    description:
      'Set to true to let any program register itself as an OAuth client (RFC 7591), which older MCP clients need. Registered clients that no user connects are deleted after a day.',
    examples: ['true'],
  }),
  MAX_OAUTH_CLIENTS: withDefault(integer(1, 10_000), 50).meta({
    description: 'OAuth clients that a user can register in the settings.',
  }),
  MAX_API_KEYS: withDefault(integer(1, 10_000), 50).meta({
    description: 'API keys per account.',
  }),
  MAX_SESSIONS: withDefault(integer(1, 10_000), 100).meta({
    description: 'Sessions per account. A further sign-in ends the least recently used session.',
  }),
  // A session ends 30 days after its last use, so a guest cannot return later.
  GUEST_DAYS: withDefault(integer(1, 30), 30).meta({
    description: 'Days without use after which a guest is deleted.',
  }),
  AUDIT_DAYS: withDefault(integer(1, 36_500), 365).meta({
    description: 'Days after which an entry of the audit trail is deleted.',
  }),
};

const requests = {
  RATE_LIMIT: withDefault(integer(0, 1_000_000_000), 1200).meta({
    description:
      'Procedure calls per minute and user. Anonymous callers and guests of one IP address also share one such limit. 0 disables this limit, but not the separate limits of some procedures.',
  }),
  BYTE_RATE_LIMIT: withDefault(integer(0, 1_000_000_000_000), 32 * 1024 * 1024).meta({
    description:
      'Bytes of request bodies of anonymous callers and guests per minute and IP address. 0 disables the limit.',
  }),
  // The pages send batches of up to 20 calls.
  MAX_BATCH_CALLS: withDefault(integer(20, 100), MAX_BATCH_SIZE).meta({
    description: 'Calls per RPC batch. Set `maxItems` of the batch links of your clients to the same number.',
  }),
  MAX_IDEMPOTENCY_KEYS: withDefault(integer(1, 1_000_000), 10_000).meta({
    description: 'Idempotency keys per account within 24 hours.',
  }),
  MAX_CONNECTIONS: withDefault(integer(1, 1_000_000), 5000).meta({
    description: 'Open connections per instance. Further connections get 503.',
  }),
  MAX_CONNECTIONS_PER_ADDRESS: withDefault(integer(1, 1_000_000), 1000).meta({
    description: 'Open connections per IP address and instance. Ignored with TRUST_PROXY.',
  }),
  HEADERS_TIMEOUT_SECONDS: withDefault(integer(1, 3600), 15).meta({
    description: 'The longest time for a client to send the request headers.',
  }),
  REQUEST_TIMEOUT_SECONDS: withDefault(integer(1, 3600), 120).meta({
    description: 'The longest time for a client to send a whole request, including uploads.',
  }),
  MIN_BYTES_PER_SECOND: withDefault(integer(0, 1_000_000), 1000).meta({
    description: 'The minimum rate of a request body, measured over ten seconds. 0 disables the limit.',
  }),
  MAX_STREAMS: withDefault(integer(1, 1_000_000), 2000).meta({
    description: 'Open streams (event streams, downloads and calls that wait for an answer) per instance.',
  }),
  MAX_STREAMS_PER_ACCOUNT: withDefault(integer(1, 1_000_000), 50).meta({
    description: 'Open streams per account and instance.',
  }),
  MAX_STREAMS_PER_ADDRESS: withDefault(integer(1, 1_000_000), 100).meta({
    description: 'Open streams of guests and anonymous callers per IP address and instance.',
  }),
};

const chats = {
  MAX_CHATS: withDefault(integer(1, 1_000_000), 10_000).meta({
    description: 'Chats per account.',
  }),
  MAX_GUEST_CHATS: withDefault(integer(1, 10_000), 200).meta({
    description: 'Chats per guest. Signing up moves all of them to the account in one statement.',
  }),
  MAX_CHAT_MESSAGES: withDefault(integer(2, 1_000_000), 10_000).meta({
    description: 'Messages per chat, in all of its branches.',
  }),
  MAX_PROJECTS: withDefault(integer(1, 10_000), 100).meta({
    description: 'Projects per account.',
  }),
  MAX_STORED_BYTES: withDefault(integer(1, 1_000_000_000_000), 1024 ** 3).meta({
    description: 'Bytes of messages per account. An answer that exceeds the limit is still stored whole.',
  }),
  MAX_GUEST_STORED_BYTES: withDefault(integer(1, 1_000_000_000_000), 64 * 1024 ** 2).meta({
    description: 'Bytes of messages per guest.',
  }),
  MAX_FILE_BYTES: withDefault(integer(1, MAX_UPLOADED_BYTES), 10 * 1024 ** 2).meta({
    description: 'Bytes per file attached to a message, at most 32 MiB.',
  }),
  MAX_MESSAGE_FILES: withDefault(integer(1, MAX_ATTACHED), 10).meta({
    description: 'Files per message.',
  }),
  MAX_STORED_FILE_BYTES: withDefault(integer(1, 1_000_000_000_000), 256 * 1024 ** 2).meta({
    description: 'Bytes of attached files per account. A small file counts as 4 KiB.',
  }),
  MAX_GUEST_STORED_FILE_BYTES: withDefault(integer(1, 1_000_000_000_000), 16 * 1024 ** 2).meta({
    description: 'Bytes of attached files per guest.',
  }),
  MAX_IMAGE_PIXELS: withDefault(integer(1, 1_000_000_000), 50_000_000).meta({
    description: 'Pixels of an attached image: its width times its height.',
  }),
};

/** The headings of docs/configuration.md and their settings. */
const GROUPS = {
  Server: server,
  'Logs, metrics and traces': telemetry,
  'Database and secrets': storage,
  Backups: backups,
  S3: s3,
  Accounts: accounts,
  'Requests and connections': requests,
  Chats: chats,
  'Language models': models,
  'Token quotas': quotas,
  'Limits of answers': answers,
};

/** The schema of all settings. */
export const EnvSchema = z
  .object({
    ...server,
    ...telemetry,
    ...storage,
    ...backups,
    ...s3,
    ...accounts,
    ...requests,
    ...chats,
    ...models,
    ...quotas,
    ...answers,
  })
  .refine((env) => !env.DATABASE_DIRECT_URL || (env.DATABASE_URL ?? '').startsWith('postgres'), {
    path: ['DATABASE_DIRECT_URL'],
    error: 'needs DATABASE_URL to be the URL of the same Postgres database',
  })
  .refine((env) => env.S3_BUCKET === undefined || (env.S3_ACCESS_KEY_ID && env.S3_SECRET_ACCESS_KEY), {
    path: ['S3_BUCKET'],
    error: 'needs S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY',
  })
  .refine((env) => env.FILE_STORE === 'database' || env.S3_BUCKET !== undefined, {
    path: ['FILE_STORE'],
    error: 'needs S3_BUCKET to be s3',
  });

/** The validated settings. */
export type Env = z.output<typeof EnvSchema>;

/** Thrown if a variable is invalid. The message names the variable and the error, and has an example. */
export class EnvError extends Error {
  override name = 'EnvError';
}

/**
 * Validates settings.
 * @param source name -> value, like `process.env`. Unknown names are ignored.
 * @throws {EnvError} listing each invalid variable with the error and an example.
 */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const result = EnvSchema.safeParse(source);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const example = settings().find((setting) => setting.name === name)?.example ?? '';
    return `  ${name}: ${issue.message} (example: ${name}=${example})`;
  });
  throw new EnvError(`These environment variables are not valid:\n${lines.join('\n')}`);
}

/** A setting, for the docs, `.env.example` and the offline guide. */
export interface Setting {
  name: string;
  /** The subject, which is a heading of docs/configuration.md. */
  group: string;
  description: string;
  /** The default value, or an empty string if the setting is optional. */
  fallback: string;
  /** A valid value, which is the default if that is a good example. */
  example: string;
}

const Text = z.coerce.string();

/** Returns all settings, grouped by subject. */
export function settings(): Setting[] {
  return Object.entries(GROUPS).flatMap(([group, shape]) =>
    Object.entries<z.core.$ZodType>(shape).map(([name, schema]) => {
      const { description = '', examples = [] } = z.globalRegistry.get(schema) ?? {};
      const fallback = Text.parse(z.parse(schema, '') ?? '');
      return { name, group, description, fallback, example: Text.parse(examples[0] ?? fallback) };
    }),
  );
}

let current: Env | undefined;

/** The variables of .env when the process began, which were added to its environment. */
let inFile: NodeJS.Dict<string> = {};

/** Returns the settings of this process, which are validated once. @throws {EnvError} */
export function env(): Env {
  if (current) return current;
  if (existsSync('.env')) inFile = parseFile(readFileSync('.env', 'utf8'));
  return (current = parseEnv(process.env));
}

/** Returns the form of the log also if other settings are invalid; `undefined` for the default. */
export const requestedLogFormat = (): Env['LOG_FORMAT'] =>
  LogFormat.safeParse(process.env['LOG_FORMAT']).data;

/** Returns where a setting of this process comes from. A variable of the environment takes precedence over .env. */
export function settingSource(name: string): 'environment' | 'file' | 'default' {
  const value = process.env[name] ?? '';
  if (value === '') return 'default';
  return value === inFile[name] ? 'file' : 'environment';
}

/** Replaces PORT by the port that the system chose for 0, because the public URL contains it. */
export function setPort(port: number): void {
  current = { ...env(), PORT: port };
}
