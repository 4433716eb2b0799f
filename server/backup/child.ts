/** Exports a copy of the embedded database in a process of its own; server/backup/create.ts starts it. */
import { setPriority } from 'node:os';
import { text } from 'node:stream/consumers';
import { openPgliteCopy } from '#server/db/copying/pglite';
import { type ChildResult, Job } from './job.ts';
import { BackupError, fileProblem } from './problem.ts';
import { writeArchive } from './write.ts';

/** Lower than the server's. */
const PRIORITY = 10;

async function run(): Promise<ChildResult> {
  const { files, path, secrets } = Job.parse(JSON.parse(await text(process.stdin)));
  try {
    const session = await openPgliteCopy(files);
    try {
      return { written: await writeArchive(session, path, secrets) };
    } finally {
      await session.close();
    }
  } catch (error) {
    const problem = fileProblem(error, files, 'written');
    if (problem instanceof BackupError) return { problem: problem.message };
    throw error;
  }
}

setPriority(PRIORITY);
process.stdout.write(JSON.stringify(await run()));
