import { randomBytes } from 'node:crypto';
import { lstatSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PRODUCT } from '#contract/product';

/** The name of the socket. */
const SOCKET = 'server.sock';
/** The file beside the database that names the socket. */
const ADDRESS = 'server.address';
/** The longest path of a Unix socket: `sun_path` has 108 bytes on Linux, and 104 on macOS and BSD, with the NUL. */
const MAX_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/** The beginning of the folders of sockets whose own folder has a long path. */
const shortFolderPrefix = () => join(tmpdir(), `${PRODUCT.slug}-console-`);

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is gone already, or another program uses it.
  }
}

/**
 * Removes the socket that an earlier server on this folder has left when it was killed. Only the process with the lock
 * of the folder may call it.
 */
export function removeAddress(folder: string): void {
  const address = readAddress(folder);
  rmSync(join(folder, ADDRESS), { force: true });
  if (address === undefined || process.platform === 'win32') return;
  // Nothing else may have come to this place.
  if (lstatSync(address, { throwIfNoEntry: false })?.isSocket() === true) rmSync(address, { force: true });
  const parent = dirname(address);
  if (parent !== folder && parent.startsWith(shortFolderPrefix())) removeIfEmpty(parent);
}

/**
 * Chooses where to listen: a socket in the folder of the database, or in a new folder with a short path that is closed
 * to others, too. On Windows, it is a named pipe whose name cannot be guessed.
 */
export function chooseAddress(folder: string): string {
  if (process.platform === 'win32') {
    return `\\\\.\\pipe\\${PRODUCT.slug}-${randomBytes(16).toString('hex')}`;
  }
  const path = join(folder, SOCKET);
  rmSync(path, { force: true });
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return path;
  return join(mkdtempSync(shortFolderPrefix()), SOCKET);
}

/** Writes where the server listens, for commands. */
export function writeAddress(folder: string, address: string): void {
  writeFileSync(join(folder, ADDRESS), address, { mode: 0o600 });
}

/** Returns where the server of a folder listens; undefined if none has listened. */
export function readAddress(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, ADDRESS), 'utf8');
  } catch {
    return undefined;
  }
}
