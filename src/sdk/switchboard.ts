import { Chats } from './chats.ts';
import { Switchboard as Client } from './generated/client.gen.ts';
import type { SwitchboardOptions } from './generated/options.ts';

/**
 * The client of a Switchboard server.
 * @example
 * const sb = new Switchboard({ apiKey: 'sb_…', baseUrl: 'https://app.example.com' });
 * const chat = await sb.chats.create({ title: 'Plans' });
 * for await (const part of sb.chats.ask(chat.id, 'Where do I start?')) {
 *   if (part.type === 'text-delta') console.log(part.delta);
 * }
 */
export class Switchboard extends Client {
  override readonly chats: Chats;

  /**
   * @throws {TypeError} if there is neither a `baseUrl` nor a page with an origin, or if `apiKey` has the wrong format.
   */
  constructor(options: SwitchboardOptions = {}) {
    super(options);
    this.chats = new Chats(this._core);
  }
}
