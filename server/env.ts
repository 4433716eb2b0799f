import { z } from 'zod';
import { MAX_BATCH_SIZE } from './limits.ts';
import './messages.ts';

/** An empty variable is an absent one, so `.env.example` can be copied as it is. */
const optional = <T extends z.core.$ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), z.optional(schema));

const withDefault = <T extends z.core.$ZodType<string | number | boolean>>(
  schema: T,
  fallback: z.output<T>,
) => z.preprocess((value) => (value === '' || value === undefined ? fallback : value), schema);

const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]);
const integer = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

const isOrigin = (text: string) =>
  text === '*' || (/^https?:/.test(text) && URL.parse(text)?.origin === text);

const MODEL_ID = /^(guide|(openai|anthropic|google|openai-compatible)\/\S+)$/;

/**
 * Every setting of the product: its rule, what it is for, and an example.
 * `.env.example` and docs/configuration.md are checked against this schema.
 */
export const EnvSchema = z.object({
  NODE_ENV: withDefault(z.enum(['development', 'production', 'test']), 'production').meta({
    description: 'The mode the process runs in; the scripts set it.',
    examples: ['production'],
  }),
  PORT: withDefault(integer(0, 65535), 3000).meta({
    description: 'The TCP port to serve on; 0 takes a free one.',
    examples: ['3000'],
  }),
  HOST: withDefault(z.string().min(1), '0.0.0.0').meta({
    description: 'The address to listen on; 127.0.0.1 keeps the server to this machine.',
    examples: ['127.0.0.1'],
  }),
  APP_URL: optional(z.url({ protocol: /^https?$/ })).meta({
    description:
      'The public origin, which is needed under any name but localhost: browsers are rejected under other hosts than this one, localhost and IP addresses. With https:// cookies are marked secure. Default: http://localhost:PORT.',
    examples: ['https://app.example.com'],
  }),
  DATA_DIR: withDefault(z.string().min(1), '.data').meta({
    description: 'The folder of the embedded database and of generated secrets.',
    examples: ['/var/lib/switchboard'],
  }),
  DATABASE_URL: optional(
    z
      .string()
      .regex(/^(file:.+|postgres(ql)?:\/\/.+)$/, 'must start with file:, postgres:// or postgresql://'),
  ).meta({
    description:
      'Empty or file:PATH is the embedded database (PGlite), for which a power loss can cost data; postgres://… is Postgres 15 or later, for production.',
    examples: ['postgres://user:password@127.0.0.1:5432/switchboard'],
  }),
  DATABASE_POOL_SIZE: withDefault(integer(2, 200), 10).meta({
    description: 'Postgres connections per instance.',
    examples: ['10'],
  }),
  AUTH_SECRET: optional(z.string().min(32, 'must have at least 32 characters')).meta({
    description:
      'Signs session cookies. Generated into DATA_DIR when empty; set it when several machines serve.',
    examples: ['a-long-random-string-of-32-or-more-characters'],
  }),
  ENCRYPTION_KEY: optional(
    z.string().regex(/^[A-Za-z0-9+/]{43}=$/, 'must be 32 bytes in base64 (openssl rand -base64 32)'),
  ).meta({
    description: 'Encrypts the provider keys users store. Generated into DATA_DIR when empty.',
    examples: ['MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY='],
  }),
  ADMIN_EMAIL: optional(z.email()).meta({
    description:
      'The only account that may become the first admin, which it does by the code that the server prints on its console. When empty, the first account is the admin if it signs up on the machine of the server; elsewhere it needs the code, too. npm run admin makes an existing account an admin.',
    examples: ['ops@example.com'],
  }),
  AUTH_RATE_LIMIT: withDefault(integer(1, 100_000), 60).meta({
    description:
      'Attempts to sign in, to sign up and to change a password, each, allowed per minute and IP address.',
    examples: ['60'],
  }),
  SIGN_IN_RATE_LIMIT: withDefault(integer(1, 100_000), 20).meta({
    description:
      'Failed attempts to sign in to one account, allowed per hour on each instance, from whatever addresses. A browser that has signed in to it before has as many of its own.',
    examples: ['20'],
  }),
  GUEST_RATE_LIMIT: withDefault(integer(1, 100_000), 20).meta({
    description: 'Guests that may be created per minute and IP address.',
    examples: ['20'],
  }),
  UNKNOWN_KEY_LIMIT: withDefault(integer(1, 1_000_000_000), 60).meta({
    description:
      'API keys that do not exist for which the database is asked, per minute and IP address. Further ones get 429.',
    examples: ['60'],
  }),
  RATE_LIMIT: withDefault(integer(0, 1_000_000_000), 1200).meta({
    description:
      'Calls allowed per minute and user on each instance; anonymous callers and guests also share one such limit per IP address. 0 sets no limit; procedures that have a limit of their own keep it.',
    examples: ['1200'],
  }),
  MAX_CONNECTIONS: withDefault(integer(1, 1_000_000), 5000).meta({
    description: 'Connections that may be open at a time, on each instance. Another one gets a 503.',
    examples: ['5000'],
  }),
  MAX_CONNECTIONS_PER_ADDRESS: withDefault(integer(1, 1_000_000), 1000).meta({
    description:
      'Connections that may be open at a time from one IP address, on each instance. Ignored with TRUST_PROXY.',
    examples: ['1000'],
  }),
  HEADERS_TIMEOUT_SECONDS: withDefault(integer(1, 3600), 15).meta({
    description: 'The longest a client may take to send the head of a request.',
    examples: ['15'],
  }),
  REQUEST_TIMEOUT_SECONDS: withDefault(integer(1, 3600), 120).meta({
    description: 'The longest a client may take to send a whole request, uploads included.',
    examples: ['120'],
  }),
  MIN_BYTES_PER_SECOND: withDefault(integer(0, 1_000_000), 1000).meta({
    description: 'The slowest a request body may arrive, measured over ten seconds. 0 sets no limit.',
    examples: ['1000'],
  }),
  // Pages of the product send batches of up to 20 calls.
  MAX_BATCH_CALLS: withDefault(integer(20, 100), MAX_BATCH_SIZE).meta({
    description:
      'Calls that one RPC batch may carry. Set `maxItems` of the batch links of your clients to the same.',
    examples: ['20'],
  }),
  MAX_STREAMS: withDefault(integer(1, 1_000_000), 2000).meta({
    description: 'Streams (event streams and downloads) that may be open at a time, on each instance.',
    examples: ['2000'],
  }),
  MAX_STREAMS_PER_ACCOUNT: withDefault(integer(1, 1_000_000), 50).meta({
    description: 'Streams that may be open at a time per account, on each instance.',
    examples: ['50'],
  }),
  MAX_STREAMS_PER_ADDRESS: withDefault(integer(1, 1_000_000), 100).meta({
    description:
      'Streams of guests and anonymous callers that may be open at a time per IP address, on each instance.',
    examples: ['100'],
  }),
  BYTE_RATE_LIMIT: withDefault(integer(0, 1_000_000_000_000), 32 * 1024 * 1024).meta({
    description:
      'Bytes of request bodies accepted per minute and IP address from anonymous callers and guests, on each instance; 0 sets no limit.',
    examples: ['33554432'],
  }),
  MAX_CHATS: withDefault(integer(1, 1_000_000), 10_000).meta({
    description: 'Chats of an account.',
    examples: ['10000'],
  }),
  MAX_GUEST_CHATS: withDefault(integer(1, 10_000), 200).meta({
    description: 'Chats of a guest. Signing up moves all of them to the account in one statement.',
    examples: ['200'],
  }),
  MAX_CHAT_MESSAGES: withDefault(integer(2, 1_000_000), 10_000).meta({
    description: 'Messages of a chat, in all of its branches.',
    examples: ['10000'],
  }),
  MAX_STORED_BYTES: withDefault(integer(1, 1_000_000_000_000), 1024 ** 3).meta({
    description: 'Bytes of the messages of an account. The answer that passes it is stored whole.',
    examples: ['1073741824'],
  }),
  MAX_GUEST_STORED_BYTES: withDefault(integer(1, 1_000_000_000_000), 64 * 1024 ** 2).meta({
    description: 'Bytes of the messages of a guest.',
    examples: ['67108864'],
  }),
  MAX_API_KEYS: withDefault(integer(1, 10_000), 50).meta({
    description: 'API keys of an account.',
    examples: ['50'],
  }),
  MAX_SESSIONS: withDefault(integer(1, 10_000), 100).meta({
    description: 'Sessions of an account. Another sign-in ends the session that was used longest ago.',
    examples: ['100'],
  }),
  MAX_IDEMPOTENCY_KEYS: withDefault(integer(1, 1_000_000), 10_000).meta({
    description: 'Idempotency keys of an account within 24 hours.',
    examples: ['10000'],
  }),
  // A session ends 30 days after its last use, so a guest cannot come back later.
  GUEST_DAYS: withDefault(integer(1, 30), 30).meta({
    description: 'Days without a visit after which a guest is deleted.',
    examples: ['30'],
  }),
  AUDIT_DAYS: withDefault(integer(1, 36_500), 365).meta({
    description: 'Days after which a line of the audit trail is deleted.',
    examples: ['365'],
  }),
  TRUST_PROXY: withDefault(flag, false).meta({
    description:
      'true behind a reverse proxy that sets X-Forwarded-For, X-Forwarded-Host and X-Forwarded-Proto, or appends to them; the last entry of each counts. Otherwise these headers are ignored.',
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
      'Origins, separated by commas, whose pages may call the API with an API key; * for all. None by default.',
    examples: ['https://app.example.com,http://localhost:5173'],
  }),
  LOG_LEVEL: withDefault(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']), 'info').meta({
    description: 'The least severe log line that is written.',
    examples: ['info'],
  }),
  AI_MODEL: withDefault(
    z
      .string()
      .regex(MODEL_ID, 'must be guide or provider/model with openai, anthropic, google or openai-compatible'),
    'guide',
  ).meta({
    description: 'The default chat model as provider/model. guide is the offline guide that needs no key.',
    examples: ['openai/gpt-5-mini'],
  }),
  AI_MODELS: optional(
    z
      .string()
      .transform((list) => list.split(',').map((id) => id.trim()))
      .pipe(z.array(z.string().regex(MODEL_ID, 'each must be provider/model'))),
  ).meta({
    description: 'More models that users may choose, separated by commas.',
    examples: ['anthropic/claude-sonnet-4-5,openai-compatible/llama3.3'],
  }),
  AI_BASE_URL: optional(z.url({ protocol: /^https?$/ })).meta({
    description: 'Where the openai-compatible provider answers: Ollama, vLLM, LM Studio, OpenRouter.',
    examples: ['http://127.0.0.1:11434/v1'],
  }),
  AI_API_KEY: optional(z.string()).meta({
    description: 'The key for AI_BASE_URL, where it needs one.',
    examples: ['sk-…'],
  }),
  OPENAI_API_KEY: optional(z.string()).meta({
    description: 'The server’s key for openai/*.',
    examples: ['sk-…'],
  }),
  ANTHROPIC_API_KEY: optional(z.string()).meta({
    description: 'The server’s key for anthropic/*.',
    examples: ['sk-ant-…'],
  }),
  GOOGLE_GENERATIVE_AI_API_KEY: optional(z.string()).meta({
    description: 'The server’s key for google/*.',
    examples: ['AIza…'],
  }),
  AI_INSTRUCTIONS: withDefault(z.string().max(20_000), 'You are a helpful assistant.').meta({
    description: 'The instructions every model conversation starts with.',
    examples: ['You are the assistant of Example Ltd. Answer briefly.'],
  }),
  AI_DAILY_TOKENS: optional(integer(1, 2_000_000_000)).meta({
    description: 'Model tokens each user may use a day (UTC); an admin may set another number for a user.',
    examples: ['200000'],
  }),
  AI_DAILY_TOKENS_PER_ADDRESS: optional(integer(1, 2_000_000_000)).meta({
    description:
      'Model tokens that all guests of one IP address (IPv6: one /64 network) may use a day together. Default: AI_DAILY_TOKENS.',
    examples: ['200000'],
  }),
  AI_OUTPUT_TOKENS: withDefault(integer(200, 1_000_000), 8192).meta({
    description:
      'The most output tokens, thoughts included, that are reserved for an answer under a quota. The model is told to write no more; less if less is left. An answer that has more to say ends as failed with ANSWER_TOO_LONG and can be continued.',
    examples: ['8192'],
  }),
  AI_CONTEXT_CHARACTERS: withDefault(integer(1000, 10_000_000), 400_000).meta({
    description:
      'The most characters of a conversation that a model is given; the newest messages, and always the question.',
    examples: ['400000'],
  }),
  // Node's fetch gives up after 300 s of silence by itself.
  AI_TIMEOUT_SECONDS: withDefault(integer(1, 300), 60).meta({
    description: 'How long a provider may stay silent, before the first and between two chunks of an answer.',
    examples: ['60'],
  }),
  AI_ANSWER_CHARACTERS: withDefault(integer(1, 10_000_000), 500_000).meta({
    description:
      'Characters of an answer, files and tool calls included. A longer answer ends as failed with ANSWER_TOO_LONG and keeps its text.',
    examples: ['500000'],
  }),
  AI_ANSWER_PARTS: withDefault(integer(1, 100_000), 2000).meta({
    description:
      'Parts of an answer: texts, thoughts, sources, files and tool calls. More end it in the same way.',
    examples: ['2000'],
  }),
  AI_ANSWER_SECONDS: withDefault(integer(1, 86_400), 1800).meta({
    description: 'How long an answer may be written. After that it ends in the same way.',
    examples: ['1800'],
  }),
  AI_ANSWERS_PER_USER: withDefault(integer(1, 10_000), 10).meta({
    description: 'Answers that may be written for one user at the same time, on all instances together.',
    examples: ['10'],
  }),
  AI_ANSWERS_PER_ADDRESS: withDefault(integer(1, 10_000), 10).meta({
    description:
      'Answers that may be written at the same time for all guests of one IP address (IPv6: one /64 network), on each instance.',
    examples: ['10'],
  }),
  AI_ANSWERS_PER_INSTANCE: withDefault(integer(1, 100_000), 500).meta({
    description: 'Answers that one instance writes at the same time.',
    examples: ['500'],
  }),
});

/** The validated settings. */
export type Env = z.output<typeof EnvSchema>;

/** Thrown when a variable is wrong; its message names the variable, what was wrong and an example. */
export class EnvError extends Error {
  override name = 'EnvError';
}

/**
 * Validates settings.
 * @param source name -> value, as in `process.env`; unknown names are ignored.
 * @throws {EnvError} listing every wrong variable with what was wrong and an example.
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

/** Every setting with its description and an example: for docs, `.env.example` and the offline guide. */
export function settings(): { name: string; description: string; example: string }[] {
  return Object.entries(EnvSchema.shape).map(([name, schema]) => {
    const { description = '', examples } = schema.meta() ?? {};
    const example = examples?.[0];
    return { name, description, example: typeof example === 'string' ? example : '' };
  });
}

let current: Env | undefined;

/** The settings of this process, validated once. @throws {EnvError} */
export function env(): Env {
  return (current ??= parseEnv(process.env));
}
