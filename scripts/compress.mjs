// @ts-check
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const COMPRESSIBLE = /\.(css|js|svg)$/;
/** As server/content-coding.ts has it: below this a file is about one packet anyway, in bytes. */
const MIN_LENGTH = 2048;
/** The last level takes more than twice as long as this one, for 2 % less. */
const QUALITY = 10;

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/**
 * Leaves a compressed form beside each file that has fewer bytes in it: `.br` and `.gz`.
 * @param {string} folder
 */
export async function compressFiles(folder) {
  const names = await readdir(folder, { recursive: true });
  await Promise.all(
    names.filter((name) => COMPRESSIBLE.test(name)).map((name) => compressFile(join(folder, name))),
  );
}

/** @param {string} file */
async function compressFile(file) {
  const content = await readFile(file);
  if (content.length < MIN_LENGTH) return;
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  };
  const forms = { br: await brotli(content, { params }), gz: await deflate(content, { level: 9 }) };
  for (const [suffix, bytes] of Object.entries(forms)) {
    if (bytes.length < content.length) await writeFile(`${file}.${suffix}`, bytes);
  }
}
