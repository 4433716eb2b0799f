import { createHash, hash } from 'node:crypto';
import { createWriteStream, openAsBlob } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FileStore, Runtime } from './runtime.ts';

/** About as fast as gzip's default, with a smaller result. Higher qualities take many times as long. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/**
 * Creates a store that writes each file to the disk as it arrives, so a large file takes no memory. The files are in a
 * folder of their own in the operating system's folder for temporary files.
 */
function createDiskStore(): FileStore {
  let folder: Promise<string> | undefined;
  let count = 0;
  return {
    async add(content, { name, type }) {
      folder ??= mkdtemp(join(tmpdir(), `api-upload-${process.pid}-`));
      const path = join(await folder, String(count++));
      await pipeline(content, createWriteStream(path, { mode: 0o600 }));
      return new File([await openAsBlob(path, { type })], name, { type });
    },
    get isUsed() {
      return folder !== undefined;
    },
    async remove() {
      if (folder) await rm(await folder, { recursive: true, force: true });
    },
  };
}

/** Node, and runtimes with its modules. Compression runs in the thread pool. */
export const runtime: Runtime = {
  byteLength: (text) => Buffer.byteLength(text),
  hashText: (text) => hash('sha256', text, 'base64url'),
  createHash() {
    const sha256 = createHash('sha256');
    return { update: (data) => void sha256.update(data), digest: () => sha256.digest('base64url') };
  },
  compress: (text, encoding) => (encoding === 'br' ? brotli(text, BROTLI) : deflate(text)),
  defer: (run) => {
    setImmediate(run);
  },
  isolatesRequests: false,
  unref: (timer) => {
    timer.unref();
  },
  createFileStore: createDiskStore,
};
