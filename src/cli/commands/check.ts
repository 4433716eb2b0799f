import type { AnyTRPCRouter } from '@trpc/server';
import { createApi, createOpenApiDocument, endpointsOf, proceduresOf } from '#layer/index';
import type { Command } from '../arguments.ts';
import { messageOf, Problem, report } from '../problem.ts';
import { shown } from '../router/failure.ts';
import { loadRouter } from '../router/load.ts';
import { NO_ENDPOINT } from './document.ts';

/**
 * Loads a router and serves it without a call.
 * @returns a report of what is served.
 * @throws {Problem} with everything that cannot be served or described.
 */
export async function check(command: Command): Promise<string> {
  const { router, path, exportName } = await loadRouter(command.router, command.options.tsconfig);
  const warnings: string[] = [];
  const endpoints = serve(router, (text) => warnings.push(text));
  for (const warning of warnings) report(`warning: ${warning}`);
  if (endpoints === 0) report(`warning: ${NO_ENDPOINT}`);
  const procedures = proceduresOf(router).length;
  const [rpc, rest] = [count(procedures, 'procedure'), count(endpoints, 'endpoint')];
  return `${exportName} of ${shown(path)}: ${rpc} over RPC, ${rest} over REST.\n`;
}

/** Returns the number of REST endpoints. @throws {Problem} if the router cannot be served or described. */
function serve(router: AnyTRPCRouter, warn: (text: string) => void): number {
  try {
    createApi({ router, createContext: () => ({}), warn });
    createOpenApiDocument(router, { title: 'API', version: '0' });
    return endpointsOf(router).length;
  } catch (error) {
    throw new Problem(messageOf(error));
  }
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
