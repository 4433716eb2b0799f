import { join } from 'node:path';
import { z } from 'zod';
import { MAX_TEXT, READY } from './limits.ts';

/** Not imported, because Next's compiler creates a separate bundle from a file that it sees used for a Worker. */
const { Worker } = process.getBuiltinModule('node:worker_threads');
/** A path, because Next's bundle has the sources elsewhere (docs/decisions/0001-one-process-two-module-copies.md). */
const WORKER = join(process.cwd(), 'server/chat/files/pdf-worker.ts');
/** How long the thread may take to load its modules, in milliseconds. A busy machine can take seconds. */
const LOAD_MS = 30_000;
/** How long reading a document may take after that, in milliseconds. */
const TIMEOUT_MS = 5_000;
/** The memory of the thread. A document can unpack to any size. */
const MAX_MEMORY_MB = 256;

/** What was read from a document. */
export interface PdfText {
  text: string;
  pages: number;
}

const Result = z.object({ text: z.string(), pages: z.int().min(0) });

/** The document that is being read. Others wait, so that documents take one processor at most. */
let reading: Promise<unknown> = Promise.resolve();
/** The last document of each account, so that an account with many documents has one of them in the queue. */
const last = new Map<string, Promise<unknown>>();

function readInThread(bytes: Uint8Array): Promise<PdfText | null> {
  return new Promise((resolve) => {
    const worker = new Worker(WORKER, {
      workerData: bytes,
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB },
    });
    const end = (result: PdfText | null) => {
      clearTimeout(timer);
      resolve(result);
      void worker.terminate();
    };
    let timer = setTimeout(end, LOAD_MS, null);
    worker.on('message', (message: unknown) => {
      if (message === READY) {
        clearTimeout(timer);
        timer = setTimeout(end, TIMEOUT_MS, null);
        return;
      }
      const { success, data } = Result.safeParse(message);
      end(success ? data : null);
    });
    worker.once('error', () => {
      end(null);
    });
    worker.once('exit', () => {
      end(null);
    });
  });
}

function readNext(bytes: Uint8Array): Promise<PdfText | null> {
  const mine = reading.then(() => readInThread(bytes));
  reading = mine;
  return mine;
}

/**
 * Reads the text of a PDF in a thread, within limits of time and memory, of at most MAX_TEXT characters.
 * @param userId whose documents are read one after the other.
 * @returns `null` if that is not possible, for example because it is encrypted.
 */
export async function readPdf(userId: string, bytes: Uint8Array): Promise<PdfText | null> {
  const mine = (last.get(userId) ?? Promise.resolve()).then(() => readNext(bytes));
  last.set(userId, mine);
  const result = await mine;
  if (last.get(userId) === mine) last.delete(userId);
  return result && { ...result, text: result.text.toWellFormed().replaceAll('\0', '').slice(0, MAX_TEXT) };
}
