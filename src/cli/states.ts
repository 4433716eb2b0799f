import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { messageOf, Problem } from './problem.ts';

/** The time limit of a request for a document, in milliseconds. */
const FETCH_MS = 30_000;
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Reads the text that an argument of `diff` names: a URL, a file, or a file of a git commit such as `v1.2.0:api.json`.
 * @throws {Problem} with one sentence, if there is none.
 */
export async function readSource(source: string): Promise<string> {
  if (/^https?:\/\//i.test(source)) return await fetchText(source);
  if (statSync(source, { throwIfNoEntry: false })?.isFile()) return readFileSync(source, 'utf8');
  // One letter is a drive of Windows.
  const [, ref, path] = /^([^:]{2,}):(.+)$/.exec(source) ?? [];
  if (ref === undefined || path === undefined) throw new Problem(`There is no file ${source}.`, 2);
  return await showFile(ref, path);
}

async function fetchText(url: string): Promise<string> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(FETCH_MS),
    });
    text = await response.text();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Problem(`${url} cannot be read: ${messageOf(cause)}.`, 2);
  }
  if (!response.ok) throw new Problem(`${url} responded with status ${response.status}.`, 2);
  return text;
}

async function showFile(ref: string, path: string): Promise<string> {
  await git(['rev-parse', '--git-dir'], 'This folder is in no git repository');
  // A ref never begins with a hyphen, which would make it an option.
  const commit = ref.startsWith('-') ? '' : `${ref}^{commit}`;
  await git(
    ['rev-parse', '--verify', '--quiet', '--end-of-options', commit],
    `There is no git commit ${ref}`,
  );
  return await git(
    ['show', '--end-of-options', `${ref}:${path}`],
    `The git commit ${ref} has no file ${path}`,
  );
}

/** Runs git. @throws {Problem} with the given sentence, if it fails. */
async function git(args: readonly string[], otherwise: string): Promise<string> {
  try {
    return (await promisify(execFile)('git', args, { maxBuffer: MAX_BYTES })).stdout;
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new Problem(isMissing ? 'git is not installed.' : `${otherwise}.`, 2);
  }
}
