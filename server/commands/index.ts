import { accountCommands } from './account.ts';
import { backupCommands } from './backup.ts';
import type { Command } from './command.ts';
import { doctorCommands } from './doctor.ts';
import { keyCommands } from './keys.ts';
import { maintenanceCommands } from './maintenance.ts';
import { moveCommands } from './move.ts';

/** All commands of the operator's program, in the order of its help. */
export const commands: readonly Command[] = [
  ...accountCommands,
  ...backupCommands,
  ...moveCommands,
  ...maintenanceCommands,
  ...doctorCommands,
  ...keyCommands,
];

/** Returns the command with that name. */
export const commandNamed = (name: string): Command | undefined =>
  commands.find((command) => command.name === name);
