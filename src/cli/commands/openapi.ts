import type { Command } from '../arguments.ts';
import { report } from '../problem.ts';
import { documentOf, NO_ENDPOINT } from './document.ts';

/** Returns the text of a router's OpenAPI document. @throws {Problem} if it cannot be described. */
export async function openapi(command: Command): Promise<string> {
  const { document, isEmpty } = await documentOf(command);
  if (isEmpty) report(`warning: ${NO_ENDPOINT}`);
  return `${JSON.stringify(document, null, 2)}\n`;
}
