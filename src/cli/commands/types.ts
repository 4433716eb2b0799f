import { declarationOf } from '#layer/cli/index';
import type { Command } from '../arguments.ts';
import { messageOf, Problem } from '../problem.ts';
import { loadRouter } from '../router/load.ts';

/** Returns the text of a router's declaration. @throws {Problem} naming the procedures that cannot be declared. */
export async function types(command: Command): Promise<string> {
  const { exportName: name, ...loaded } = await loadRouter(command.router, command.options.tsconfig);
  try {
    const { text } = await declarationOf({ name, ...loaded });
    return text;
  } catch (error) {
    throw new Problem(messageOf(error));
  }
}
