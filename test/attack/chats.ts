import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Outcome } from './outcome.ts';
import type { Attacker } from './scene.ts';

const LIMIT_MS = 30_000;
const Chat = z.looseObject({ id: z.string(), activeRunId: z.string().nullable() });

async function chatOf(who: Attacker, url: string, path: string, init: RequestInit = {}) {
  const headers = { 'content-type': 'application/json', ...who.headers };
  const response = await fetch(`${url}/api/v1${path}`, {
    ...init,
    headers,
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  return Chat.parse(await response.json());
}

/** Makes a chat that a model of the hostile provider answers in. @returns its id. @throws when that is rejected. */
export async function newChat(who: Attacker, url: string, model: string): Promise<string> {
  const body = JSON.stringify({ model: `openai-compatible/${model}` });
  return (await chatOf(who, url, '/chats', { method: 'POST', body })).id;
}

/** Asks something in a chat. */
export const askIn = (
  who: Attacker,
  chatId: string,
  texts: readonly string[] = ['Speak'],
): Promise<Outcome> =>
  who.post(`/api/v1/chats/${chatId}/messages`, {
    clientRequestId: randomUUID(),
    parts: texts.map((text) => ({ type: 'text', text })),
  });

/** True while an answer is being written in a chat. */
export const isAnswering = async (who: Attacker, url: string, chatId: string): Promise<boolean> =>
  (await chatOf(who, url, `/chats/${chatId}`)).activeRunId !== null;
