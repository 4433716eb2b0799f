// @ts-check
/**
 * Asks a question and prints the answer while it is written. If the connection is lost, the SDK reconnects and resumes.
 *
 *     npm install @switchboard/sdk
 *     SWITCHBOARD_URL=http://localhost:3000 SWITCHBOARD_API_KEY=sb_… node ask.mjs "How do I add a procedure?"
 */
import { Switchboard, SwitchboardError } from '@switchboard/sdk';

const { SWITCHBOARD_URL: baseUrl = 'http://localhost:3000', SWITCHBOARD_API_KEY: apiKey = '' } = process.env;
const question = process.argv.slice(2).join(' ') || 'What can you do?';

const sb = new Switchboard({
  apiKey,
  baseUrl,
  onRequest(request) {
    const lastEventId = request.headers.get('last-event-id');
    if (lastEventId !== null) console.error(`(connection lost; resuming after event ${lastEventId})`);
  },
});

try {
  const me = await sb.protected.get();
  console.error(`Signed in as ${me.user.name} with the key "${me.apiKey?.name ?? ''}".`);

  const chat = await sb.chats.create({ title: question.slice(0, 60) });
  const answer = sb.chats.ask(chat.id, question);

  // Ctrl-C stops the answer on the server, too. The text so far stays in the chat.
  process.once('SIGINT', () => void answer.stop());

  for await (const part of answer) {
    if (part.type === 'text-delta') process.stdout.write(part.delta);
    if (part.type === 'error') throw new Error(part.errorText);
  }
  process.stdout.write('\n');

  const { items } = await sb.chats.messages(chat.id);
  const last = items.at(-1);
  console.error(`The answer is ${last?.status ?? 'missing'}. See ${baseUrl}/chat/${chat.id}`);
} catch (error) {
  // Every error of the API is a SwitchboardError, with a subclass for each code and the details as fields.
  if (!(error instanceof SwitchboardError)) throw error;
  console.error(`${error.name}: ${error.message}`);
  for (const { pointer, message } of error.issues) console.error(`  ${pointer}: ${message}`);
  if (error.requestId) console.error(`  Request id in the server's log: ${error.requestId}`);
  process.exitCode = 1;
}
