import type { CallToolResult } from '@modelcontextprotocol/server';
import type { ErrorData } from '../errors/catalog.ts';
import type { Tool } from './tool.ts';

/** The number of characters of a result that a model gets as text. Clients limit it too, and some reject longer ones. */
const MAX_TEXT_LENGTH = 40_000;

/**
 * Returns the result of a tool call that succeeded: its output as structured content, and as text.
 * @param json the JSON of the output; `null` if it has none.
 */
export function resultOf({ description }: Pick<Tool, 'description'>, json: string | null): CallToolResult {
  if (json === null) return { content: [{ type: 'text', text: 'Done.' }] };
  return {
    content: [{ type: 'text', text: cut(json) }],
    ...(description.outputSchema && { structuredContent: JSON.parse(json) as unknown }),
  };
}

/** Cuts a text that is too long for a model, and says how to get the rest. */
function cut(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH) return text;
  // Half a surrogate pair is not a character.
  const kept = text
    .slice(0, MAX_TEXT_LENGTH)
    .toWellFormed()
    .replace(/\uFFFD$/, '');
  return `${kept}\n[Cut after ${MAX_TEXT_LENGTH} of ${text.length} characters. Ask for less, such as a smaller \`limit\`, or for the next page with \`cursor\`.]`;
}

/** Returns the result of a tool call that failed: the fields of its error, as over REST, and a text for a model. */
export function failureOf(data: ErrorData): CallToolResult {
  const issues = (data.issues ?? []).map(
    ({ pointer, message }) => `\n- ${pointer === '' ? '' : `${pointer} `}${message}`,
  );
  const retry = data.retryAfter === undefined ? '' : ` Retry in ${data.retryAfter} seconds.`;
  return {
    isError: true,
    content: [{ type: 'text', text: `${data.code}: ${data.detail}${retry}${issues.join('')}` }],
    _meta: { error: data },
  };
}
