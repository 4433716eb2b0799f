import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Env } from '#server/env';
import { createFolder } from '#server/folders';

/** The secrets that sign cookies and encrypt stored keys. */
export interface Secrets {
  authSecret: string;
  /** 32 bytes. */
  encryptionKey: Buffer;
}

const SecretsFile = z.object({ authSecret: z.string().min(32), encryptionKey: z.base64() });

function generate() {
  return {
    authSecret: randomBytes(32).toString('base64url'),
    encryptionKey: randomBytes(32).toString('base64'),
  };
}

/** Reads DATA_DIR/secrets.json. Creates it first if it does not exist. Simultaneous processes agree on one file. */
function fileSecrets(folder: string): z.output<typeof SecretsFile> {
  const path = join(folder, 'secrets.json');
  const read = () => SecretsFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
      throw new Error(`${path} cannot be read. Restore it, or set AUTH_SECRET and ENCRYPTION_KEY.`, {
        cause: error,
      });
    }
  }
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
  return read();
}

/**
 * Returns the secrets of this installation from the environment. Those that are missing there come from
 * DATA_DIR/secrets.json (mode 600), which is created if needed.
 * @throws {Error} if the file exists but cannot be used.
 */
export function loadSecrets(env: Env): Secrets {
  if (env.AUTH_SECRET !== undefined && env.ENCRYPTION_KEY !== undefined) {
    return { authSecret: env.AUTH_SECRET, encryptionKey: Buffer.from(env.ENCRYPTION_KEY, 'base64') };
  }
  const file = fileSecrets(env.DATA_DIR);
  return {
    authSecret: env.AUTH_SECRET ?? file.authSecret,
    encryptionKey: Buffer.from(env.ENCRYPTION_KEY ?? file.encryptionKey, 'base64'),
  };
}
