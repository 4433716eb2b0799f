/** Exports a copy of the embedded database in a process of its own; server/backup/create.ts starts it. */
import { setPriority } from 'node:os';
import { text } from 'node:stream/consumers';
import { openPgliteCopy } from '#server/db/copying/pglite';
import { type ChildResult, Job } from './job.ts';
import { BackupError, fileProblem } from './problem.ts';
import { targetOf } from './target.ts';
import { writeArchive } from './write.ts';

/** Ends the backup, which then removes what it has written. */
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());

/** Lower than the server's. */
const PRIORITY = 10;

async function run(): Promise<ChildResult> {
  const { files, path, s3, secrets } = Job.parse(JSON.parse(await text(process.stdin)));
  try {
    const session = await openPgliteCopy(files);
    try {
      return { written: await writeArchive(session, await targetOf(path, s3), secrets, stop.signal) };
    } finally {
      await session.close();
    }
  } catch (error) {
    const problem = fileProblem(error, files, 'written');
    if (problem instanceof BackupError) return { problem: problem.message };
    // The caller no longer needs the reason.
    if (stop.signal.aborted) return { problem: 'The backup was ended.' };
    throw error;
  }
}

setPriority(PRIORITY);
const result = JSON.stringify(await run());
// The caller may have ended.
process.stdout.on('error', () => undefined).write(result);
