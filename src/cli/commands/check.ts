import type { Command } from '../arguments.ts';
import { shown } from '../router/failure.ts';
import { loadApi } from './api.ts';
import { asProblem } from '../problem.ts';

/**
 * Loads a router and serves it without a call.
 * @returns a report of what is served.
 * @throws {Problem} with everything that cannot be served or described.
 */
export async function check(command: Command): Promise<string> {
  const { api, path, exportName, countEndpoints } = await loadApi(command);
  const [endpoints, procedures] = [await countEndpoints(), await api.procedures()];
  await asProblem(() => api.document());
  const [rpc, rest] = [count(procedures.length, 'procedure'), count(endpoints, 'endpoint')];
  return `${exportName} of ${shown(path)}: ${rpc} over RPC, ${rest} over REST.\n`;
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
