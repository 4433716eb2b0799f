import { describeState, toolNames, writeState } from '#layer/cli/diff/index';
import { declarationOf } from '#layer/cli/index';
import type { Command } from '../arguments.ts';
import { asProblem, messageOf, report } from '../problem.ts';
import { isRouter } from '../router/load.ts';
import { loadApi } from './api.ts';

/** Returns the text of a router's state. @throws {Problem} if the router cannot be served. */
export async function describe(command: Command): Promise<string> {
  const { api, exported: router, exportName: name, path, packageName, tsconfig } = await loadApi(command);
  const procedures = await asProblem(() => api.procedures());
  const hasEndpoint = procedures.some(({ rest }) => rest !== null);
  const document = hasEndpoint ? await asProblem(() => api.document()) : null;
  if (!isRouter(router)) {
    report(
      `warning: ${name} is an API, so the state has no types and no tools. Name its router to compare them, too.`,
    );
  }
  const state = {
    procedures,
    document,
    tools: isRouter(router) ? toolNames(router, (text) => report(`warning: ${text}`)) : null,
    declaration: isRouter(router)
      ? await orWarning(async () => (await declarationOf({ name, router, path, packageName, tsconfig })).text)
      : null,
  };
  return writeState(await asProblem(async () => describeState(state)));
}

/** Returns null after a warning if the types of a router cannot be printed, because the rest can be compared. */
async function orWarning(declare: () => Promise<string>): Promise<string | null> {
  try {
    return await declare();
  } catch (error) {
    report(`warning: the state has no types, so they are not compared.\n${messageOf(error)}`);
    return null;
  }
}
