import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Outcome } from './outcome.ts';
import type { Attacker } from './fixture.ts';

const LIMIT_MS = 30_000;
const Chat = z.looseObject({ id: z.string(), activeRunId: z.string().nullable() });

async function chatOf(attacker: Attacker, url: string, path: string, init: RequestInit = {}) {
  const headers = { 'content-type': 'application/json', ...attacker.headers };
  const response = await fetch(`${url}/api/v1${path}`, {
    ...init,
    headers,
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  return Chat.parse(await response.json());
}

/** Creates a chat with a model of the hostile provider. @returns its id. @throws {Error} if the server rejects it. */
export async function newChat(attacker: Attacker, url: string, model: string): Promise<string> {
  const body = JSON.stringify({ model: `openai-compatible/${model}` });
  return (await chatOf(attacker, url, '/chats', { method: 'POST', body })).id;
}

/** Sends a message in a chat. */
export const askIn = (
  attacker: Attacker,
  chatId: string,
  texts: readonly string[] = ['Speak'],
): Promise<Outcome> =>
  attacker.post(`/api/v1/chats/${chatId}/messages`, {
    clientRequestId: randomUUID(),
    parts: texts.map((text) => ({ type: 'text', text })),
  });

/** True if an answer is in progress in a chat. */
export const isAnswering = async (attacker: Attacker, url: string, chatId: string): Promise<boolean> =>
  (await chatOf(attacker, url, `/chats/${chatId}`)).activeRunId !== null;
