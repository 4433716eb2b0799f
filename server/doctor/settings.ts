import type { SettingInEffect } from '#contract/system';
import { parsePostgresUrl } from '#server/db/postgres-url';
import { type Env, settings, settingSource } from '#server/env';
import type { Secrets } from '#server/secrets/secrets';
import { fingerprints } from './secrets.ts';

/** Settings with texts that are no secrets. A new setting with a text is not shown until it is added here. */
const SHOWN = new Set([
  'NODE_ENV',
  'HOST',
  'TRUST_PROXY',
  'CORS_ORIGINS',
  'LOG_LEVEL',
  'LOG_FORMAT',
  'LOG_ADDRESS',
  'OTEL_METRICS_EXPORTER',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_SERVICE_NAME',
  'OTEL_TRACES_EXPORTER',
  'OTEL_TRACES_SAMPLER',
  'DATA_DIR',
  'BACKUP_DIR',
  'S3_BUCKET',
  'S3_REGION',
  'S3_PREFIX',
  'AI_MODEL',
  'AI_MODELS',
  'AI_CONTEXT_TOKENS',
  'AI_FILE_INPUTS',
]);
/** URLs whose paths and queries may have secrets. */
const ORIGINS = new Set([
  'APP_URL',
  'AI_BASE_URL',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
  'S3_ENDPOINT',
]);

function databaseName(url: string, setting: 'DATABASE_URL' | 'DATABASE_DIRECT_URL'): string | null {
  if (url.startsWith('file:')) return url;
  try {
    return parsePostgresUrl(url, setting).name;
  } catch {
    return null;
  }
}

/** Returns what is shown of a value; `null` if it may be secret. */
function shown(name: string, value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    if (name === 'DATABASE_URL' || name === 'DATABASE_DIRECT_URL') return databaseName(value, name);
    if (ORIGINS.has(name)) return URL.parse(value)?.origin ?? null;
    return SHOWN.has(name) ? value : null;
  }
  if (!SHOWN.has(name)) return null;
  if (value instanceof Map) return [...value].map(([key, item]) => `${key}=${String(item)}`).join(', ');
  return Array.isArray(value) ? value.join(', ') : null;
}

/**
 * Returns all settings in effect without secrets, and where each comes from.
 * @param secrets undefined if there are none.
 */
export function settingsInEffect(env: Env, secrets: Secrets | undefined): SettingInEffect[] {
  const values = new Map<string, unknown>(Object.entries(env));
  const known = new Map(Object.entries(secrets ? fingerprints(secrets) : {}));
  return settings().map(({ name }) => {
    const list = known.get(name);
    const source = settingSource(name);
    if (!list) return { name, value: shown(name, values.get(name)), source };
    const isGenerated = values.get(name) === undefined;
    return { name, value: list.join(', '), source: isGenerated ? 'generated' : source };
  });
}
