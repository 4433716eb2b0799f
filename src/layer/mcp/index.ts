export { mcp, type McpOptions } from './surface.ts';
