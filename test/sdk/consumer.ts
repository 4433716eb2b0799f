/** Type-checked in a project with the packed SDK, under `strict`, by each supported version of TypeScript. */
import {
  type Answer,
  type AnswerState,
  type AnswerPart,
  type Chat,
  NotFoundError,
  type Page,
  RunActiveError,
  Switchboard,
  SwitchboardError,
  type User,
} from '@switchboard/sdk';

const sb = new Switchboard({ apiKey: 'sb_key', baseUrl: 'https://app.example.com', timeoutMs: 5_000, fetch });

export async function use(): Promise<string[]> {
  const me: User = await sb.users.me();
  const chat: Chat = await sb.chats.create({ title: 'Plans' });
  const page: Page<Chat> = await sb.chats.list({ limit: 10, archived: true });
  for await (const { id, title } of sb.chats.list())
    await sb.chats.update(id, { title: title.toUpperCase() });
  await sb.chats.delete(chat.id, { signal: AbortSignal.timeout(1_000) });
  await sb.users.setRole(me.id, { role: 'admin' });
  const { key } = await sb.protected.apiKeys.create({ name: 'laptop', scope: 'read', expiresInDays: 7 });
  await sb.protected.providerKeys.set('openai', { key });
  await sb.chats.send(chat.id, { parts: [{ type: 'text', text: 'Hello' }] });

  const answer: Answer = sb.chats.ask(chat.id, 'Where do I start?');
  const words: string[] = [];
  for await (const part of answer) {
    const typed: AnswerPart = part;
    if (typed.type === 'text-delta') words.push(typed.delta);
    if (typed.type === 'error') words.push(typed.errorText);
  }
  await answer.stop();
  const asked: AnswerState = await sb.chats.ask({ text: 'Where do I start?' });
  words.push(asked.text);
  try {
    await sb.chats.get('nobody');
  } catch (error) {
    if (error instanceof RunActiveError) words.push(error.runId ?? '');
    if (error instanceof NotFoundError) words.push(error.name);
    if (error instanceof SwitchboardError)
      words.push(error.requestId, ...error.issues.map((issue) => issue.pointer));
  }
  return [...words, ...page.items.map(({ title }) => title)];
}

export function misuse(): void {
  // @ts-expect-error: a title is a string.
  void sb.chats.create({ title: 7 });
  // @ts-expect-error: there is no such field.
  void sb.chats.create({ colour: 'red' });
  // @ts-expect-error: a key needs a scope.
  void sb.protected.apiKeys.create({ name: 'laptop' });
  // @ts-expect-error: there is no such role.
  void sb.users.setRole('id', { role: 'king' });
  // @ts-expect-error: the id of the chat is missing.
  void sb.chats.get();
}
