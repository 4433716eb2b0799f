export { Answer, AnswerFailedError } from './answer.ts';
export type { Chats } from './chats.ts';
export * from './generated/index.ts';
export type { AnswerPart } from './part.ts';
// This class has more than the generated one of the same name, and takes its place.
export { Switchboard } from './switchboard.ts';
