import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { ROOT } from '../lib/process.ts';

const TSSERVER = join(ROOT, 'node_modules/typescript/lib/tsserver.js');
const LIMIT_MS = 120_000;

const Message = z.object({
  request_seq: z.number(),
  success: z.boolean(),
  message: z.string().optional(),
  body: z.object({ entries: z.array(z.object({ name: z.string() })) }).optional(),
});

/** The time until the editor shows the completions after a dot, in milliseconds. */
export interface Wait {
  /** The first time, counted from opening the file. */
  firstMs: number;
  /** The second time, after a change of the file. */
  againMs: number;
}

/**
 * Requests the completions at the end of a file from the language service that editors use.
 * @param expected a name that must be among the completions.
 * @throws {Error} if it is not among them, or if there is no response within two minutes.
 */
export async function complete(file: string, expected: string): Promise<Wait> {
  const server = spawn(process.execPath, [TSSERVER, '--disableAutomaticTypingAcquisition'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const pending = new Map<number, (message: z.output<typeof Message>) => void>();
  createInterface({ input: server.stdout }).on('line', (line) => {
    const message = line.startsWith('{') ? Message.safeParse(JSON.parse(line)).data : undefined;
    if (message) pending.get(message.request_seq)?.(message);
  });
  let seq = 0;
  const send = (command: string, args: object) => {
    seq += 1;
    server.stdin.write(`${JSON.stringify({ seq, type: 'request', command, arguments: args })}\n`);
    return seq;
  };
  const lines = readFileSync(file, 'utf8').split('\n');
  const at = { file, line: lines.length, offset: (lines.at(-1)?.length ?? 0) + 1 };

  async function requestCompletions(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<z.output<typeof Message>>();
    pending.set(send('completionInfo', at), resolve);
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
      return requestCompletions();
    });
    const againMs = await time(() => {
      const end = { line: 1, offset: 1 };
      send('change', { file, ...end, endLine: 1, endOffset: 1, insertString: '/**/' });
      return requestCompletions();
    });
    return { firstMs, againMs };
  } finally {
    server.kill();
  }
}
