import { z } from 'zod';
import { isMigrated } from '#server/db/migration-state';
import {
  type Activity,
  hasSwitches,
  readActivity,
  readSwitch,
  rowsOf,
  sentenceOf,
  waitUntilQuiet,
  writeSwitch,
} from '#server/maintenance/switch';
import { auditCommand } from '#server/people/audit';
import { DAY_MS } from './backup.ts';
import { type CommandContext, CommandError, defineCommand } from './command.ts';

/** The option that limits how long to wait for answers. */
export const waitOption = {
  wait: { type: 'string', value: 'seconds', help: 'how long to wait for answers in progress; default: 60' },
} as const;

export const Wait = z.coerce.number().int().min(0).max(3600).default(60);

const None = z.strictObject({});

/** @throws {CommandError} if there is nothing that could be switched. */
async function requireTables({ database }: CommandContext): Promise<void> {
  if (await hasSwitches(rowsOf(database))) return;
  throw new CommandError('The database has no tables yet. Start the server first.');
}

/** Writes a command to the audit trail. Before an upgrade, the schema may be an older one. */
export async function recordCommand({ database }: CommandContext, action: string): Promise<void> {
  if (await isMigrated(database)) await auditCommand(database.db, action);
}

/** Returns what all instances do. */
async function activityOf(context: CommandContext): Promise<Activity> {
  if (context.maintenance) return context.maintenance.activity();
  if (context.database.kind === 'postgres') return readActivity(rowsOf(context.database));
  // No server has the embedded database open.
  return { answers: 0, quiet: 0, others: 0 };
}

/** Switches the mode for all instances. The server that executes the command follows at once. */
export async function switchTo(context: CommandContext, isOn: boolean): Promise<void> {
  await writeSwitch(rowsOf(context.database), isOn);
  await context.maintenance?.refresh();
}

/** Switches the mode on, and waits until no server changes anything any more. @returns what is left. */
export async function enter(context: CommandContext, seconds: number): Promise<Activity> {
  await switchTo(context, true);
  return waitUntilQuiet(() => activityOf(context), seconds * 1000, context.signal);
}

const on = defineCommand({
  name: 'maintenance on',
  summary: 'lets all servers reject changes, and waits until answers in progress have ended',
  options: waitOption,
  limitMs: DAY_MS,
  migrates: false,
  input: z.strictObject({ wait: Wait }),
  async run(context, { wait }) {
    await requireTables(context);
    await recordCommand(context, 'maintenance.on');
    const left = sentenceOf(await enter(context, wait));
    if (left !== undefined)
      throw new CommandError(`Maintenance mode is on, but ${left}. Run it again to wait.`);
    await context.print('Maintenance mode is on: reading works, and changes are rejected.');
  },
});

const off = defineCommand({
  name: 'maintenance off',
  summary: 'lets all servers accept changes again',
  migrates: false,
  input: None,
  async run(context) {
    await requireTables(context);
    await switchTo(context, false);
    await recordCommand(context, 'maintenance.off');
    await context.print('Maintenance mode is off.');
    if (context.env.MAINTENANCE) {
      await context.print('MAINTENANCE is set. Remove it, or servers start in maintenance mode again.');
    }
  },
});

const status = defineCommand({
  name: 'maintenance status',
  summary: 'shows whether changes are rejected, and what is still in progress',
  migrates: false,
  input: None,
  async run(context) {
    await requireTables(context);
    const last = await readSwitch(rowsOf(context.database));
    const isOn = context.maintenance?.isOn() ?? last?.isOn ?? false;
    const { answers, quiet, others } = await activityOf(context);
    const lines = {
      'maintenance mode': isOn ? 'on' : 'off',
      ...(last && { 'last switched': last.at.toISOString() }),
      'answers in progress': answers,
      'servers in maintenance mode that change nothing': quiet,
      'other servers': others,
    };
    for (const [name, value] of Object.entries(lines)) await context.print(`${name}: ${value}`);
    await recordCommand(context, 'maintenance.show');
  },
});

export const maintenanceCommands = [on, off, status];
