export type { McpPrompt, McpPromptArgument } from './prompts.ts';
export type { McpListedResource, McpResource, McpResourceTemplate, ResourceContent } from './resources.ts';
export { mcp, type McpOptions } from './surface.ts';
