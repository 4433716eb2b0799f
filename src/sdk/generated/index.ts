// Written by npm run sdk from src/sdk/openapi.json.

export { Switchboard } from './client.gen.ts';
export type { ServerEvent } from './core.ts';
export {
  ConnectionError,
  type ErrorIssue,
  RequestTimeoutError,
  SwitchboardError,
  UnexpectedResponseError,
} from './error.ts';
export * from './errors.gen.ts';
export type { CallOptions, SwitchboardOptions } from './options.ts';
export type { Page, Pages } from './pages.ts';
export type * from './types.gen.ts';
