import { z } from 'zod';
import type { Finding, System } from '#contract/system';
import { isMigrated } from '#server/db/migration-state';
import type { Subject } from '#server/doctor/subject';
import { auditCommand } from '#server/people/audit';
import { findSecrets } from '#server/secrets/secrets';
import { CommandError, defineCommand, type OfflineContext } from './command.ts';

const Input = z.strictObject({ json: z.boolean().default(false), strict: z.boolean().default(false) });
type Input = z.output<typeof Input>;

/** The words for levels in columns of one width, such that problems stand out. */
const LEVELS: Record<Finding['level'], string> = { ok: 'ok', warning: 'warning', problem: 'PROBLEM' };

async function printText({ findings, settings }: System, print: OfflineContext['print']): Promise<void> {
  for (const { level, check, message } of findings) {
    await print(`${LEVELS[level].padEnd(9)}${check.padEnd(13)}${message}`);
  }
  const set = settings.filter(({ source }) => source !== 'default');
  for (const { name, value, source } of set) {
    const place = source === 'file' ? '.env' : source;
    await print(`${'setting'.padEnd(9)}${place.padEnd(13)}${name}=${value ?? '(not shown)'}`);
  }
  await print(
    `${'setting'.padEnd(9)}${'default'.padEnd(13)}${settings.length - set.length} others (--json shows all)`,
  );
}

const count = (findings: readonly Finding[], level: Finding['level'], word: string) => {
  const { length } = findings.filter((finding) => finding.level === level);
  return `${length} ${word}${length === 1 ? '' : 's'}`;
};

/** Prints a report. @throws {CommandError} if something has to be done. */
async function report(
  subject: Subject,
  { json, strict }: Input,
  print: OfflineContext['print'],
): Promise<void> {
  // Its modules are loaded only then.
  const { examine } = await import('#server/doctor/examine');
  const system = await examine(subject);
  const { level, findings } = system;
  const isUsable = findings.some(({ code }) => code === 'migrationsApplied');
  if (subject.database && isUsable && (await isMigrated(subject.database))) {
    await auditCommand(subject.database.db, 'system.check');
  }
  if (json) await print(JSON.stringify(system));
  else await printText(system, print);
  if (level === 'problem' || (strict && level === 'warning')) {
    throw new CommandError(
      `The doctor has found ${count(findings, 'problem', 'problem')} and ${count(findings, 'warning', 'warning')}.`,
    );
  }
}

const doctor = defineCommand({
  name: 'doctor',
  summary: 'checks the installation: settings, database, disk, clock, secrets, model, backups',
  options: {
    json: { type: 'boolean', help: 'prints one line of JSON' },
    strict: { type: 'boolean', help: 'ends with exit code 1 also for warnings' },
  },
  migrates: false,
  input: Input,
  run: ({ env, database, secrets, maintenance, signal, print }, input) =>
    report(
      { env, database, secrets, signal, ...(maintenance && { isInMaintenance: maintenance.isOn() }) },
      input,
      print,
    ),
  runWithout: ({ env, signal, print }, input, reason) =>
    report({ env, database: undefined, reason, secrets: () => findSecrets(env), signal }, input, print),
});

export const doctorCommands = [doctor];
