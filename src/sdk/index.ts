export { Answer, AnswerFailedError } from './answer.ts';
export type { Chats } from './chats.ts';
export type { ServerEvent } from './core.ts';
export {
  ConnectionError,
  type ErrorCode,
  type ErrorIssue,
  RequestTimeoutError,
  SwitchboardError,
  UnexpectedResponseError,
} from './error.ts';
export * from './generated/errors.gen.ts';
export type * from './generated/types.gen.ts';
export type { CallOptions, SwitchboardOptions } from './options.ts';
export type { Page, Pages } from './pages.ts';
export type { AnswerPart } from './part.ts';
export { Switchboard } from './switchboard.ts';
