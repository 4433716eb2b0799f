export { Answer, AnswerFailedError } from './answer.ts';
export type { Chats } from './chats.ts';
export type { ServerEvent } from './generated/core.ts';
export {
  ConnectionError,
  type ErrorIssue,
  RequestTimeoutError,
  SwitchboardError,
  UnexpectedResponseError,
} from './generated/error.ts';
export * from './generated/errors.gen.ts';
export type * from './generated/types.gen.ts';
export type { CallOptions, SwitchboardOptions } from './generated/options.ts';
export type { Page, Pages } from './generated/pages.ts';
export type { AnswerPart } from './part.ts';
export { Switchboard } from './switchboard.ts';
