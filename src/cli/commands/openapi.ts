import type { Command } from '../arguments.ts';
import { loadApi } from './api.ts';
import { asProblem } from '../problem.ts';

/** Returns the text of a router's OpenAPI document. @throws {Problem} if it cannot be described. */
export async function openapi(command: Command): Promise<string> {
  const { api, countEndpoints } = await loadApi(command);
  await countEndpoints();
  return `${JSON.stringify(await asProblem(() => api.document()), null, 2)}\n`;
}
