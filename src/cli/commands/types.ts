import { declarationOf } from '#layer/cli/index';
import type { Command } from '../arguments.ts';
import { loadRouter } from '../router/load.ts';
import { asProblem } from './api.ts';

/** Returns the text of a router's declaration. @throws {Problem} naming the procedures that cannot be declared. */
export async function types(command: Command): Promise<string> {
  const { exportName: name, ...loaded } = await loadRouter(command.router, command.options.tsconfig);
  const { text } = await asProblem(() => declarationOf({ name, ...loaded }));
  return text;
}
