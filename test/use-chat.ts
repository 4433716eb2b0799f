import { expect } from '@jest/globals';
import type { AbstractChat, ChatState, DefaultChatTransport, UIMessage } from 'ai';
import { z } from 'zod';
import { answered, type Caller, until } from './client.ts';
import type { Exchange, ScriptedProvider } from './scripted-provider.ts';

/** The tested releases of the AI SDK: the first and the newest one of each major. */
export const SDKS = {
  '5.0.0': () => import('ai-5.0.0'),
  '5': () => import('ai-5'),
  '6.0.0': () => import('ai-6.0.0'),
  '6': () => import('ai-6'),
  '7.0.0': () => import('ai-7.0.0'),
  '7': () => import('ai'),
};
export type SdkName = keyof typeof SDKS;
export const SDK_NAMES: SdkName[] = ['5.0.0', '5', '6.0.0', '6', '7.0.0', '7'];

/** The classes that are used here. They have the same types in all releases. */
interface Sdk {
  AbstractChat: typeof AbstractChat<UIMessage>;
  DefaultChatTransport: typeof DefaultChatTransport<UIMessage>;
}
const isFunction = (value: unknown) => typeof value === 'function';
const Sdk = z.object({
  AbstractChat: z.custom<Sdk['AbstractChat']>(isFunction),
  DefaultChatTransport: z.custom<Sdk['DefaultChatTransport']>(isFunction),
});

/** The state of a chat. Each framework has its own implementation. */
class PlainState implements ChatState<UIMessage> {
  status: ChatState<UIMessage>['status'] = 'ready';
  error: Error | undefined = undefined;
  messages: UIMessage[];
  constructor(messages: UIMessage[]) {
    this.messages = messages;
  }
  pushMessage = (message: UIMessage) => {
    this.messages = [...this.messages, message];
  };
  popMessage = () => {
    this.messages = this.messages.slice(0, -1);
  };
  replaceMessage = (index: number, message: UIMessage) => {
    this.messages = this.messages.map((old, i) => (i === index ? this.snapshot(message) : old));
  };
  snapshot = <T>(thing: T): T => structuredClone(thing);
}

type TransportOptions = NonNullable<ConstructorParameters<Sdk['DefaultChatTransport']>[0]>;

/** Options of a chat. */
export interface UseChatOptions extends Pick<TransportOptions, 'fetch' | 'prepareSendMessagesRequest'> {
  sdk?: SdkName;
  id?: string;
  messages?: UIMessage[];
}

/** The chat behind `useChat`, and its state. */
export type UseChat = AbstractChat<UIMessage>;

const load = async (sdk: SdkName): Promise<Sdk> => Sdk.parse({ ...(await SDKS[sdk]()) });

/** Creates the default transport of `useChat`, with only the URL of the API and the headers of the caller. */
export async function transportOf(
  { url, headers }: Pick<Caller, 'url' | 'headers'>,
  { sdk = '7', ...options }: Omit<UseChatOptions, 'id' | 'messages'> = {},
) {
  const { DefaultChatTransport } = await load(sdk);
  return new DefaultChatTransport({ api: `${url}/api/chat`, headers, ...options });
}

/** Creates the chat of an unmodified `useChat`. */
export async function useChatOf(
  account: Pick<Caller, 'url' | 'headers'>,
  { id, messages = [], ...options }: UseChatOptions = {},
): Promise<UseChat> {
  const { AbstractChat } = await load(options.sdk ?? '7');
  class Chat extends AbstractChat {}
  return new Chat({
    ...(id !== undefined && { id }),
    state: new PlainState(messages),
    transport: await transportOf(account, options),
  });
}

/** Returns the text of a message. */
export const textOf = ({ parts }: Pick<UIMessage, 'parts'>): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

/** Returns what a chat shows: `id text` of each question and the id of each answer. */
export const outlineOf = ({ messages }: Pick<UseChat, 'messages'>): string[] =>
  messages.map((message) => (message.role === 'user' ? `${message.id} ${textOf(message)}` : message.id));

/** Returns the stored messages of a chat, in the format that a page passes to `useChat` when it loads. */
export async function storedMessages({ rpc }: Pick<Caller, 'rpc'>, chatId: string): Promise<UIMessage[]> {
  const { items } = await rpc.chat.messages.query({ chatId, limit: 100 });
  return items.map(({ id, clientId, role, parts }) => ({ id: clientId ?? id, role, parts }));
}

/** Waits until no answer is in progress. Fails unless the chat then shows the messages of the server. */
export async function expectSame(account: Caller, chat: UseChat): Promise<void> {
  expect(chat.error).toBeUndefined();
  await answered(account, chat.id);
  expect(outlineOf(chat)).toEqual(outlineOf({ messages: await storedMessages(account, chat.id) }));
}

/** Returns the messages that a model received, without the instructions. */
export const receivedMessages = ({ messages }: Exchange) => messages.slice(1).map(({ content }) => content);

/** Lets the model answer the question that `sending` sends. @returns the messages that the model received. */
export async function withAnswer(provider: ScriptedProvider, sending: Promise<unknown>, answer = 'yes') {
  const withoutModel = sending.then((result) => {
    throw new Error(`The model received no request: ${JSON.stringify(result)}`);
  });
  const exchange = await Promise.race([provider.next(), withoutModel]);
  withoutModel.catch(() => undefined);
  await exchange.say(answer);
  exchange.finish();
  await sending;
  return receivedMessages(exchange);
}

/** Waits until the last message of a chat has this text. */
export const untilShows = (chat: UseChat, text: string) =>
  until(
    () => Promise.resolve(chat.messages.map(textOf).at(-1)),
    (shown) => shown === text,
  );

/** Lets the model start its answer to the question that `sending` sends, and waits until the client shows the text. */
export async function beginAnswer(
  provider: ScriptedProvider,
  chat: UseChat,
  sending: Promise<unknown>,
  text: string,
) {
  const exchange = await provider.next();
  await exchange.say(text);
  await untilShows(chat, text);
  return { exchange, sending };
}

/** Returns a question with an id of the client. */
export const asQuestion = (id: string, text: string): UIMessage => ({
  id,
  role: 'user',
  parts: [{ type: 'text', text }],
});
