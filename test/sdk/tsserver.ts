import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';

const LIMIT_MS = 120_000;
const Definition = z.object({ file: z.string(), start: z.object({ line: z.number() }) });
const Response = z.looseObject({
  type: z.literal('response'),
  request_seq: z.number(),
  body: z.array(Definition),
});

/**
 * Asks TypeScript's language server for the definition of a name.
 * @param folder the folder of the project. @param file a file in it.
 * @param text a text in the file that ends with the name, such as `trpc.users.me`.
 * @returns the file and the line of code that an editor goes to.
 */
export async function definitionOf(
  folder: string,
  file: string,
  text: string,
): Promise<{ file: string; code: string }> {
  const path = join(folder, file);
  const before = readFileSync(path, 'utf8').split(text, 1)[0]?.concat(text).split('\n') ?? [];
  const position = { line: before.length, offset: before.at(-1)?.length ?? 0 };
  const tsserver = join(folder, 'node_modules/typescript/lib/tsserver.js');
  const child = spawn(process.execPath, [tsserver, '--disableAutomaticTypingAcquisition'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: LIMIT_MS,
  });
  const send = (seq: number, command: string, args: object) =>
    child.stdin.write(`${JSON.stringify({ seq, type: 'request', command, arguments: args })}\n`);
  send(1, 'open', { file: path, projectRootPath: folder });
  send(2, 'definition', { file: path, ...position });
  let output = '';
  try {
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      output += String(chunk);
      for (const line of output.split('\n')) {
        if (!line.startsWith('{')) continue;
        const { data: response } = Response.safeParse(parse(line));
        const [found] = response?.request_seq === 2 ? response.body : [];
        if (!found) continue;
        const code = readFileSync(found.file, 'utf8').split('\n')[found.start.line - 1] ?? '';
        return { file: relative(folder, found.file), code: code.trim() };
      }
    }
  } finally {
    child.kill('SIGKILL');
  }
  throw new Error(`TypeScript has no definition of ${text} in ${file}:\n${output}`);
}

/** Parses a line. @returns `null` if it is incomplete. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
