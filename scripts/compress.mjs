// @ts-check
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const COMPRESSIBLE = /\.(css|js|svg)$/;
/** The minimum size in bytes, as in src/layer/http/content-coding.ts. A smaller file fits in about one packet. */
const MIN_LENGTH = 2048;
/** The highest level takes more than twice as long and saves only 2 % more. */
const QUALITY = 10;

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/**
 * Writes the compressed forms `.br` and `.gz` of each file next to it, if they are smaller.
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
