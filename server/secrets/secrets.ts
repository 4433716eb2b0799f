import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Env } from '#server/env';
import { createFolder } from '#server/folders';
import { AuthSecret, EncryptionKey, jsonSecrets, type NonEmpty } from '#server/settings/secrets';
import { type Keyring, keyringFrom, type SecretName } from './keyring.ts';

/** Secrets that sign, newest first: the first one signs, and the signatures of each of them are accepted. */
export type AuthSecrets = NonEmpty<string>;

/** The secrets that sign cookies and encrypt stored keys. */
export interface Secrets {
  authSecrets: AuthSecrets;
  encryptionKeys: Keyring;
}

const SecretsFile = z.object({
  authSecret: jsonSecrets(AuthSecret),
  encryptionKey: jsonSecrets(EncryptionKey),
});

function generate() {
  return {
    authSecret: randomBytes(32).toString('base64url'),
    encryptionKey: randomBytes(32).toString('base64'),
  };
}

type FileSecrets = z.output<typeof SecretsFile>;

const pathIn = (folder: string) => join(folder, 'secrets.json');

/** Reads DATA_DIR/secrets.json. @returns undefined if it does not exist. */
function readFile(folder: string): FileSecrets | undefined {
  const path = pathIn(folder);
  try {
    return SecretsFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT') return;
    throw new Error(`${path} cannot be read. Restore it, or set AUTH_SECRET and ENCRYPTION_KEY.`, {
      cause: error,
    });
  }
}

/** Reads DATA_DIR/secrets.json. Creates it first if it does not exist. Simultaneous processes agree on one file. */
function fileSecrets(folder: string): FileSecrets {
  const before = readFile(folder);
  if (before) return before;
  const path = pathIn(folder);
  createFolder(folder);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(generate(), null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  try {
    // Unlike a rename, a link fails if the file exists. So the first process wins and the file is always complete.
    linkSync(draft, path);
  } catch {
    // Another process was first. Its secrets are read below.
  } finally {
    rmSync(draft);
  }
  const created = readFile(folder);
  if (!created) throw new Error(`${path} has disappeared.`);
  return created;
}

/**
 * Returns the secrets of this installation from the environment. Those that are missing there come from
 * DATA_DIR/secrets.json (mode 600), which is created if needed.
 * @throws {Error} if the file exists but cannot be used.
 */
export const loadSecrets = (env: Env): Secrets =>
  environmentSecrets(env) ?? combine(env, fileSecrets(env.DATA_DIR));

/**
 * Returns the secrets of this installation, and creates none.
 * @returns undefined if one is missing.
 * @throws {Error} if the file exists but cannot be used.
 */
export function findSecrets(env: Env): Secrets | undefined {
  const inEnvironment = environmentSecrets(env);
  if (inEnvironment) return inEnvironment;
  const file = readFile(env.DATA_DIR);
  return file && combine(env, file);
}

/** Returns the file of generated secrets. */
export const secretsFile = ({ DATA_DIR }: Pick<Env, 'DATA_DIR'>): string => pathIn(DATA_DIR);

/** Returns where the secrets of a setting come from, for messages: the setting itself, or the file. */
export const sourceOf = (env: Env, name: SecretName): string =>
  env[name] === undefined ? pathIn(env.DATA_DIR) : name;

const toSecrets = (authSecrets: NonEmpty<string>, encryptionKeys: NonEmpty<string>): Secrets => ({
  authSecrets,
  encryptionKeys: keyringFrom(encryptionKeys),
});

const combine = (env: Env, file: FileSecrets): Secrets =>
  toSecrets(env.AUTH_SECRET ?? file.authSecret, env.ENCRYPTION_KEY ?? file.encryptionKey);

const environmentSecrets = ({ AUTH_SECRET, ENCRYPTION_KEY }: Env): Secrets | undefined =>
  AUTH_SECRET !== undefined && ENCRYPTION_KEY !== undefined
    ? toSecrets(AUTH_SECRET, ENCRYPTION_KEY)
    : undefined;
