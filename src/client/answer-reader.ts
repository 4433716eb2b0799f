/**
 * Loads the part of the AI SDK that turns the chunks of an answer into messages. A page loads it as soon as the
 * user types, because it is larger than the rest of the chat.
 */
export const loadAnswerReader = () => import('./read-answer.ts');
