import { expect } from '@jest/globals';
import type { AbstractChat, ChatState, DefaultChatTransport, UIMessage } from 'ai';
import { z } from 'zod';
import { answered, type Caller, until } from './client.ts';
import type { Exchange, ScriptedProvider } from './scripted-provider.ts';

/** The releases of the AI SDK whose `useChat` is served: the first and the newest one of each major. */
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

/** What is used here of a release has the same types in all of them. */
interface Sdk {
  AbstractChat: typeof AbstractChat<UIMessage>;
  DefaultChatTransport: typeof DefaultChatTransport<UIMessage>;
}
const isFunction = (value: unknown) => typeof value === 'function';
const Sdk = z.object({
  AbstractChat: z.custom<Sdk['AbstractChat']>(isFunction),
  DefaultChatTransport: z.custom<Sdk['DefaultChatTransport']>(isFunction),
});

/** The state of a chat, as each framework keeps it in its own way. */
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

/** How a chat is opened, beside the defaults. */
export interface UseChatOptions extends Pick<TransportOptions, 'fetch' | 'prepareSendMessagesRequest'> {
  sdk?: SdkName;
  id?: string;
  messages?: UIMessage[];
}

/** What `useChat` is made of, and what it shows. */
export type UseChat = AbstractChat<UIMessage>;

const load = async (sdk: SdkName): Promise<Sdk> => Sdk.parse({ ...(await SDKS[sdk]()) });

/** What `useChat` speaks through when it is told nothing but where the API is, and who calls. */
export async function transportOf(
  { url, headers }: Pick<Caller, 'url' | 'headers'>,
  { sdk = '7', ...options }: Omit<UseChatOptions, 'id' | 'messages'> = {},
) {
  const { DefaultChatTransport } = await load(sdk);
  return new DefaultChatTransport({ api: `${url}/api/chat`, headers, ...options });
}

/** A chat as an unmodified `useChat` has it. */
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

/** The text of a message. */
export const textOf = ({ parts }: Pick<UIMessage, 'parts'>): string =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('');

/** What a chat shows: `id text` of each question and the id of each answer. */
export const shownIn = ({ messages }: Pick<UseChat, 'messages'>): string[] =>
  messages.map((message) => (message.role === 'user' ? `${message.id} ${textOf(message)}` : message.id));

/** The messages that the server lists of a chat, as `useChat` is given them when a page is loaded. */
export async function stored({ rpc }: Pick<Caller, 'rpc'>, chatId: string): Promise<UIMessage[]> {
  const { items } = await rpc.chat.messages.query({ chatId, limit: 100 });
  return items.map(({ id, clientId, role, parts }) => ({ id: clientId ?? id, role, parts }));
}

/** Fails unless a chat shows what the server has, once no answer is being written any more. */
export async function expectSame(account: Caller, chat: UseChat): Promise<void> {
  expect(chat.error).toBeUndefined();
  await answered(account, chat.id);
  expect(shownIn(chat)).toEqual(shownIn({ messages: await stored(account, chat.id) }));
}

/** What a model was told, without the instructions. */
export const heard = ({ messages }: Exchange) => messages.slice(1).map(({ content }) => content);

/** Lets the model answer what is asked by `doing`. @returns what it was told. */
export async function answering(provider: ScriptedProvider, doing: Promise<unknown>, answer = 'yes') {
  const unasked = doing.then((result) => {
    throw new Error(`The model was not asked: ${JSON.stringify(result)}`);
  });
  const exchange = await Promise.race([provider.next(), unasked]);
  unasked.catch(() => undefined);
  await exchange.say(answer);
  exchange.finish();
  await doing;
  return heard(exchange);
}

/** Waits until a chat shows this text last. */
export const untilShows = (chat: UseChat, text: string) =>
  until(
    () => Promise.resolve(chat.messages.map(textOf).at(-1)),
    (shown) => shown === text,
  );

/** Lets the model begin to answer what is asked by `doing`, and waits until the client shows that. */
export async function beginning(
  provider: ScriptedProvider,
  chat: UseChat,
  doing: Promise<unknown>,
  text: string,
) {
  const exchange = await provider.next();
  await exchange.say(text);
  await untilShows(chat, text);
  return { exchange, doing };
}

/** A question with an id of the client. */
export const asQuestion = (id: string, text: string): UIMessage => ({
  id,
  role: 'user',
  parts: [{ type: 'text', text }],
});
