import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import postgres from 'postgres';
import { z } from 'zod';
import { PRODUCT } from '#contract/product';
import { type Check, Level, System } from '#contract/system';
import { EnvSchema, parseEnv, settings as allSettings } from '#server/env';
import { runAdmin } from '#test/admin';
import { type Account, caller, signIn, signUp } from '#test/client';
import { withCopySession } from '#test/copy-session';
import { installations, isPostgres, type Settings } from '#test/installation';
import { listen } from '#test/listen';
import { expectProblem } from '#test/problem';
import { type ProviderServer, SECRET, startProviderServer } from '#test/provider-server';
import { serveInstance } from '#test/served';
import { findSecrets } from '#server/secrets/secrets';
import { versionFound } from './database.ts';
import { spaceFound } from './disk.ts';
import { examine } from './examine.ts';
import { settingsInEffect } from './settings.ts';

const ROOT = join(import.meta.dirname, '../..');
const CANARY = 'canary-of-a-secret-of-32-characters';
/** 32 bytes in base64. */
const KEY_CANARY = Buffer.from('canary'.padEnd(32, '-')).toString('base64');

const { root, fresh, create } = installations('doctor');
afterAll(() => {
  rmSync(root, { recursive: true });
});

const Report = System.extend({ checkedAt: z.iso.datetime() });
type Findings = Pick<System, 'findings'>['findings'];

/** Returns the codes of a check. */
const codesOf = (findings: Findings, check: Check) =>
  findings.filter((finding) => finding.check === check).map(({ code }) => code);

/** Returns what is not as it should be. */
const wrongIn = (findings: Findings) =>
  findings.filter(({ level }) => level !== Level.enum.ok).map(({ code }) => code);

/** Runs `node admin.ts doctor` with the settings of an installation. */
async function doctor(settings: Settings, ...args: string[]) {
  const { code, out, err } = await runAdmin(settings, 'doctor', '--json', ...args);
  return { code, err, out, ...Report.parse(JSON.parse(out)) };
}

/** Returns the findings where there is no database yet, without starting the program. */
async function findingsOf(settings: Settings): Promise<Findings> {
  const env = parseEnv({ DATA_DIR: join(root, 'none'), ...settings });
  const signal = new AbortController().signal;
  return (await examine({ env, database: undefined, secrets: () => findSecrets(env), signal })).findings;
}

const withRows = (settings: Settings, statement: string) =>
  withCopySession(parseEnv(settings), ({ rows }) => rows(statement));

let sound: Settings;
let provider: ProviderServer;
beforeAll(async () => {
  sound = await create('migrated');
  provider = await startProviderServer();
});
afterAll(() => provider.close());

describe('the command', () => {
  test('finds nothing wrong in a sound installation, and prints a sentence for each check', async () => {
    const BACKUP_DIR = fresh('backups');
    mkdirSync(BACKUP_DIR);
    const now = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
    writeFileSync(join(BACKUP_DIR, `${PRODUCT.slug}-${now}Z.zip`), '');
    const { code, out, err } = await runAdmin({ ...sound, BACKUP_DIR }, 'doctor', '--strict');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.trimEnd().split('\n');
    const checks = lines.flatMap((line) => /^ok {7}(\w+) +[A-Z\d].*\.$/.exec(line)?.[1] ?? []);
    // With secrets in the environment and Postgres, nothing is written to DATA_DIR.
    const own = isPostgres ? 'connections maintenance clock disk' : 'maintenance clock disk disk';
    expect(checks.join(' ')).toBe(`program database migrations ${own} secrets secrets model files backup`);
    expect(out).toMatch(/^setting {2}environment {2}AUTH_SECRET=[\da-f]{16}$/m);
    expect(out).toMatch(/^setting {2}default {6}\d+ others/m);
  });

  test('ends with exit code 1 for problems, and for warnings only with --strict', async () => {
    const AI_MODEL = 'openai/gpt-5-mini';
    const lenient = await doctor({ ...sound, AI_MODEL });
    expect([lenient.code, lenient.level]).toEqual([0, 'warning']);
    const strict = await doctor({ ...sound, AI_MODEL }, '--strict');
    expect(strict.code).toBe(1);
    expect(strict.err).toMatch(/^The doctor has found 0 problems and \d warnings?\.\n$/);
  });

  test('creates nothing where no server has started yet', async () => {
    const DATA_DIR = fresh('data');
    const { code, findings } = await doctor({ DATA_DIR });
    expect(code).toBe(0);
    expect(codesOf(findings, 'database')).toEqual(['databaseNone']);
    expect(codesOf(findings, 'secrets')).toEqual(['secretsNone']);
    expect(() => rmSync(DATA_DIR)).toThrow('ENOENT');
  });
});

describe('a wrong thing is found, and hides no other check', () => {
  test('the model, by its answer', async () => {
    const models: [model: string, code: string, settings?: Settings][] = [
      ['normal', 'modelAnswers'],
      ['error-401', 'modelUnauthorized'],
      ['error-429', 'modelLimited'],
      ['error-404', 'modelRejected'],
      ['error-503', 'modelUnreachable'],
      ['malformed', 'modelUnreadable'],
      ['normal', 'modelWithoutUrl', { AI_BASE_URL: '' }],
    ];
    const reports = await Promise.all(
      models.map(([model, , settings]) =>
        findingsOf({ AI_BASE_URL: provider.url, AI_MODEL: `openai-compatible/${model}`, ...settings }),
      ),
    );
    expect(reports.flatMap((findings) => codesOf(findings, 'model'))).toEqual(models.map(([, code]) => code));
    expect(JSON.stringify(reports)).not.toContain(SECRET);
  }, 60_000);

  test('a model that does not answer is given up, and the other checks are reported', async () => {
    const settings = { ...sound, AI_MODEL: 'openai-compatible/silent' };
    const { code, findings } = await doctor({ ...settings, AI_BASE_URL: provider.url });
    expect(code).toBe(1);
    expect(codesOf(findings, 'model')).toEqual(['modelSilent']);
    expect(codesOf(findings, 'migrations')).toEqual(['migrationsApplied']);
    const unreachable = await doctor({ ...settings, AI_BASE_URL: 'http://127.0.0.1:9999/v1' });
    expect(codesOf(unreachable.findings, 'model')).toEqual(['modelUnreachable']);
  }, 60_000);

  test('a database that refuses connections, or accepts them and is silent', async () => {
    const hanging = createServer();
    const port = await listen(hanging);
    const base = { ...sound, AI_MODEL: 'guide' };
    const [refused, silent] = await Promise.all([
      doctor({ ...base, DATABASE_URL: `postgres://user:${CANARY}@127.0.0.1:1/none` }),
      doctor({ ...base, DATABASE_URL: `postgres://user:${CANARY}@127.0.0.1:${port}/none` }),
    ]);
    hanging.close();
    expect(codesOf(refused.findings, 'database')).toEqual(['databaseUnreachable']);
    expect(['databaseUnreachable', 'databaseSilent']).toContain(codesOf(silent.findings, 'database')[0]);
    for (const { code, findings, out } of [refused, silent]) {
      expect(code).toBe(1);
      expect(codesOf(findings, 'clock')).toEqual(['checkSkipped']);
      expect(codesOf(findings, 'backup')).toEqual(['backupElsewhere']);
      expect(codesOf(findings, 'secrets')).toEqual(['secretKnown', 'secretKnown']);
      expect(out).not.toContain(CANARY);
    }
  }, 60_000);

  test('secrets other than those of the server, and a key that values need', async () => {
    const settings = await create('migrated');
    await withRows(
      settings,
      `insert into installation (fact, value) values ('encryption-key', '0123456789abcdef'),
        ('auth-secret-of-last-start', 'fedcba9876543210')`,
    );
    await withRows(settings, `insert into users (id, name, email) values ('ada', 'Ada', 'ada@example.com')`);
    await withRows(
      settings,
      `insert into provider_keys (user_id, provider, ciphertext, last4)
        values ('ada', 'openai', 'v2.0123456789abcdef.rest', 'last')`,
    );
    const { code, findings } = await doctor(settings);
    expect(code).toBe(1);
    expect(codesOf(findings, 'secrets')).toEqual(['secretDiffers', 'secretDiffers', 'secretLacksKey']);
    expect(findings.find(({ code: found }) => found === 'secretLacksKey')?.message).toContain(
      'the key 0123456789abcdef, without which 1 stored values',
    );
    const { DATA_DIR = '' } = settings;
    mkdirSync(DATA_DIR, { recursive: true });
    writeFileSync(join(DATA_DIR, 'secrets.json'), 'no JSON');
    const broken = await doctor({ ...settings, AUTH_SECRET: '' });
    expect(codesOf(broken.findings, 'secrets')).toEqual(['secretsUnreadable']);
  }, 60_000);

  test('migrations that are missing, changed, or of a newer version', async () => {
    const settings = await create('migrated');
    const MIGRATIONS = 'drizzle.__drizzle_migrations';
    const codes = async (statement: string) => {
      await withRows(settings, statement);
      return codesOf((await doctor(settings)).findings, 'migrations');
    };
    const newer = `insert into ${MIGRATIONS} (hash, created_at, works_with) values ('of the future', 9999999999999, '0.0.1')`;
    expect(await codes(newer)).toEqual(['migrationsNewer']);
    expect(
      await codes(`update ${MIGRATIONS} set works_with = '999.0.0' where created_at = 9999999999999`),
    ).toEqual(['migrationsUnknown']);
    const last = `(select max(created_at) from ${MIGRATIONS} where created_at < 9999999999999)`;
    expect(await codes(`update ${MIGRATIONS} set hash = 'changed' where created_at = ${last}`)).toEqual([
      'migrationsChanged',
    ]);
    expect(await codes(`delete from ${MIGRATIONS} where hash in ('changed', 'of the future')`)).toEqual([
      'migrationsPending',
    ]);
  }, 90_000);

  test('backups that are old, missing or not scheduled, and folders that cannot be used', async () => {
    const [old, empty, file] = [fresh('old'), fresh('empty'), fresh('file')];
    mkdirSync(old);
    writeFileSync(join(old, `${PRODUCT.slug}-2026-01-31T12-00-00Z.zip`), '');
    writeFileSync(file, '');
    const reports = await Promise.all([old, empty, file, ''].map((BACKUP_DIR) => findingsOf({ BACKUP_DIR })));
    expect(reports.map((findings) => codesOf(findings, 'backup'))).toEqual([
      ['backupOld'],
      ['backupNone'],
      ['backupNone'],
      ['backupOff'],
    ]);
    expect(reports.map((findings) => codesOf(findings, 'disk')[1])).toEqual([
      'diskFree',
      'diskFree',
      'diskUnusable',
      undefined,
    ]);
  }, 60_000);

  test('an old PostgreSQL, and a disk that is nearly full', () => {
    expect(versionFound('postgres', '14.9 (Debian 14.9-1)', 1)).toMatchObject({
      level: 'problem',
      code: 'databaseOld',
    });
    expect(versionFound('postgres', '15.0', 1).level).toBe('ok');
    expect([99, 100, 999, 1000].map((megabytes) => spaceFound('DATA_DIR', '.data', megabytes).level)).toEqual(
      ['problem', 'warning', 'warning', 'ok'],
    );
  });
});

(isPostgres ? describe : describe.skip)('on Postgres', () => {
  const { TEST_DATABASE_URL = '' } = process.env;

  test('few connections, none, and a wrong password are told apart', async () => {
    const settings = await create('migrated');
    const url = new URL(settings['DATABASE_URL'] ?? '');
    const role = `doctor_${process.pid}`;
    const server = postgres(TEST_DATABASE_URL, { max: 1, onnotice: () => undefined });
    try {
      await server.unsafe(`create role ${role} login password '${CANARY}' connection limit 3`);
      await server.unsafe(`grant connect on database "${url.pathname.slice(1)}" to ${role}`);
      [url.username, url.password] = [role, CANARY];
      const DATABASE_URL = url.href;
      const scarce = await doctor({ ...settings, DATABASE_URL });
      expect(codesOf(scarce.findings, 'connections')).toEqual(['connectionsScarce']);
      const holders = postgres(DATABASE_URL, { max: 3 });
      await Promise.all([1, 2, 3].map(() => holders`select pg_sleep(0.2)`));
      const full = await doctor({ ...settings, DATABASE_URL });
      await holders.end();
      expect(codesOf(full.findings, 'database')).toEqual(['databaseFull']);
      const gone = await doctor({ ...settings, DATABASE_URL: `${settings['DATABASE_URL'] ?? ''}_gone` });
      expect(codesOf(gone.findings, 'database')).toEqual(['databaseLogin']);
      expect(full.out + scarce.out).not.toContain(CANARY);
    } finally {
      await server.unsafe(`drop owned by ${role}`).catch(() => undefined);
      await server.unsafe(`revoke all on database "${url.pathname.slice(1)}" from ${role}`);
      await server.unsafe(`drop role ${role}`);
      await server.end();
    }
  }, 60_000);

  test('a clock that differs from that of the database', async () => {
    const settings = await create('migrated');
    const [row] = await withRows(settings, 'select current_database()::text as name');
    await withRows(
      settings,
      `create function public.clock_timestamp() returns timestamptz language sql
        as $$ select pg_catalog.clock_timestamp() - interval '90 seconds' $$`,
    );
    await withRows(
      settings,
      `alter database "${String(row?.['name'])}" set search_path = public, pg_catalog`,
    );
    const { code, findings } = await doctor(settings);
    expect(code).toBe(1);
    expect(findings.find(({ check }) => check === 'clock')).toMatchObject({
      code: 'clockWrong',
      message: expect.stringMatching(/^The clock differs by (89|90)(\.\d)? s from that of the database\. /),
    });
  }, 60_000);

  test('generated secrets are to be kept before there are several instances', async () => {
    const settings = await create('migrated');
    const { DATA_DIR = '' } = settings;
    mkdirSync(DATA_DIR);
    const generated = { authSecret: CANARY, encryptionKey: KEY_CANARY };
    writeFileSync(join(DATA_DIR, 'secrets.json'), JSON.stringify(generated));
    const {
      findings,
      out,
      settings: shown,
    } = await doctor({ ...settings, AUTH_SECRET: '', ENCRYPTION_KEY: '' });
    expect(wrongIn(findings)).toEqual(['secretGenerated', 'secretGenerated']);
    expect(shown.find(({ name }) => name === 'AUTH_SECRET')).toMatchObject({ source: 'generated' });
    expect(out).not.toContain(CANARY);
    expect(out).not.toContain(KEY_CANARY);
  });
});

describe('an instance', () => {
  let admin: Account;

  /** Asks an instance for its report, with headers of proxies. @returns what it says about each of them. */
  async function proxiesOf(TRUST_PROXY: string, chains: (string | undefined)[]): Promise<Findings> {
    const { url, close } = await serveInstance({ settings: { TRUST_PROXY } });
    try {
      const { rest } = await signIn(url, admin);
      const found: Findings = [];
      for (const chain of chains) {
        const headers: Settings = chain === undefined ? {} : { 'x-forwarded-for': chain };
        const { body } = await rest('GET /protected/system', { headers });
        found.push(...Report.parse(body).findings.filter(({ check }) => check === 'proxies'));
      }
      return found;
    } finally {
      await close();
    }
  }

  beforeAll(async () => {
    const { url, close } = await serveInstance();
    // The first account of an installation is the admin.
    admin = await signUp(url);
    const ada = await signUp(url);
    expectProblem(await caller(url).rest('GET /protected/system'), 'UNAUTHORIZED');
    expectProblem(await ada.rest('GET /protected/system'), 'FORBIDDEN');
    await close();
  });

  test.each([
    // Only IP addresses are repeated.
    ['false', [undefined, `${CANARY}, 10.0.0.1`], ['proxiesNone', 'proxiesIgnored']],
    [
      'true',
      [undefined, '198.51.100.1', '198.51.100.1, 10.0.0.1'],
      ['proxiesMissing', 'proxiesTrusted', 'proxiesMore'],
    ],
    ['2', ['198.51.100.1', '198.51.100.1, 10.0.0.1'], ['proxiesFewer', 'proxiesTrusted']],
    ['10.0.0.0/8', ['198.51.100.1'], ['proxiesOtherPeer']],
    ['127.0.0.0/8', ['198.51.100.1', '198.51.100.1, 10.0.0.1'], ['proxiesTrusted', 'proxiesMore']],
  ])('with TRUST_PROXY=%s', async (trust, chains, codes) => {
    const found = await proxiesOf(trust, chains);
    expect(found).toMatchObject(codes.map((code) => ({ code })));
    expect(JSON.stringify(found)).not.toContain(CANARY);
  });
});

describe('the settings', () => {
  test('contain no text that may be secret', () => {
    const secrets: Record<string, string> = {
      ENCRYPTION_KEY: KEY_CANARY,
      ADMIN_EMAIL: `${CANARY}@example.com`,
      DATABASE_URL: `postgres://user:${CANARY}@127.0.0.1/db?sslpassword=${CANARY}`,
      DATABASE_DIRECT_URL: `postgres://user:${CANARY}@127.0.0.1/db`,
      APP_URL: `https://user:${CANARY}@example.com/${CANARY}?a=${CANARY}`,
      AI_INSTRUCTIONS: CANARY,
    };
    const texts = Object.fromEntries(
      allSettings().flatMap(({ name, example }) => {
        // Shown, because every response names them.
        if (name === 'CORS_ORIGINS') return [];
        if (name.endsWith('HEADERS')) return [[name, `x-key=${CANARY}`]];
        if (/KEY|TOKEN|SECRET|PASSWORD/.test(name)) return [[name, CANARY]];
        const isUrl = /^\w+:\/\/|^sk|@/.test(example);
        return isUrl ? [[name, `https://user:${CANARY}@example.com/${CANARY}`]] : [];
      }),
    );
    const accepted = Object.entries(texts).filter(
      ([name, value]) => !(name in secrets) && EnvSchema.safeParse({ [name]: value }).success,
    );
    const env = parseEnv({ ...Object.fromEntries(accepted), ...secrets });
    const shown = settingsInEffect(env, undefined);
    expect(JSON.stringify(shown)).not.toContain('canary');
    expect(JSON.stringify(shown)).not.toContain(KEY_CANARY);
    expect(shown.find(({ name }) => name === 'DATABASE_URL')?.value).toBe('127.0.0.1:5432/db as user');
    const origin = { name: 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', value: 'https://example.com' };
    expect(shown).toContainEqual(expect.objectContaining(origin));
  });

  test('say where each comes from', async () => {
    const folder = fresh('folder');
    mkdirSync(folder);
    writeFileSync(join(folder, '.env'), 'PORT=4000\nHOST=127.0.0.1\n');
    const script = `
      process.loadEnvFile('.env');
      const { env, settingSource } = await import(${JSON.stringify(join(ROOT, 'server/env.ts'))});
      env();
      console.log(['PORT', 'HOST', 'LOG_LEVEL'].map(settingSource).join());`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      env: { NODE_ENV: 'test', HOST: '127.0.0.2' },
    });
    expect(stdout).toBe('file,environment,default\n');
  });
});
