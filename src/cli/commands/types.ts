import { declarationOf } from '#layer/cli/index';
import type { Command } from '../arguments.ts';
import { asProblem, Problem, report } from '../problem.ts';
import { isRouter, load } from '../router/load.ts';

/** Returns the text of a router's declaration. @throws {Problem} naming the procedures that cannot be declared. */
export async function types(command: Command): Promise<string> {
  const {
    exported: router,
    exportName: name,
    ...source
  } = await load(command.router, command.options.tsconfig);
  if (!isRouter(router))
    throw new Problem(`types needs a router, and ${name} is an API. Name its router.`, 2);
  const { text, needs } = await asProblem(() => declarationOf({ name, router, ...source }));
  if (needs.length > 0) {
    report(`warning: clients need ${needs.join(', ')}, because the declaration imports types from there.`);
  }
  return text;
}
