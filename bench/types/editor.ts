import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { ROOT } from '../lib/process.ts';

const TSSERVER = join(ROOT, 'node_modules/typescript/lib/tsserver.js');
const LIMIT_MS = 120_000;

const Answer = z.object({
  request_seq: z.number(),
  success: z.boolean(),
  message: z.string().optional(),
  body: z.object({ entries: z.array(z.object({ name: z.string() })) }).optional(),
});

/** How long people wait for the names behind a dot, in milliseconds. */
export interface Wait {
  /** The first time, from the opening of the file on. */
  firstMs: number;
  /** Again, after a character was typed. */
  againMs: number;
}

/**
 * Asks the language service that editors use for what can stand at the end of a file.
 * @param expected a name that must be among the answers.
 * @throws {Error} when it is not, or nothing is answered within two minutes.
 */
export async function complete(file: string, expected: string): Promise<Wait> {
  const server = spawn(process.execPath, [TSSERVER, '--disableAutomaticTypingAcquisition'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map<number, (answer: z.output<typeof Answer>) => void>();
  createInterface({ input: server.stdout }).on('line', (line) => {
    const answer = line.startsWith('{') ? Answer.safeParse(JSON.parse(line)).data : undefined;
    if (answer) waiting.get(answer.request_seq)?.(answer);
  });
  let seq = 0;
  const send = (command: string, args: object) => {
    seq += 1;
    server.stdin.write(`${JSON.stringify({ seq, type: 'request', command, arguments: args })}\n`);
    return seq;
  };
  const lines = readFileSync(file, 'utf8').split('\n');
  const at = { file, line: lines.length, offset: (lines.at(-1)?.length ?? 0) + 1 };

  async function ask(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<z.output<typeof Answer>>();
    waiting.set(send('completionInfo', at), resolve);
    const timer = setTimeout(() => reject(new Error(`${file}: no completion in time.`)), LIMIT_MS);
    const { body, message } = await promise.finally(() => clearTimeout(timer));
    const names = body?.entries.map(({ name }) => name) ?? [];
    if (!names.includes(expected)) throw new Error(`${file}: ${message ?? ''} got ${names.join(', ')}`);
  }
  async function time(work: () => Promise<void>): Promise<number> {
    const started = performance.now();
    await work();
    return performance.now() - started;
  }

  try {
    const firstMs = await time(() => {
      send('open', { file });
      return ask();
    });
    const againMs = await time(() => {
      const end = { line: 1, offset: 1 };
      send('change', { file, ...end, endLine: 1, endOffset: 1, insertString: '/**/' });
      return ask();
    });
    return { firstMs, againMs };
  } finally {
    server.kill();
  }
}
