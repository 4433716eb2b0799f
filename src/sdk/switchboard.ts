import { Chats } from './chats.ts';
import { Core } from './generated/core.ts';
import { ERRORS } from './generated/errors.gen.ts';
import { Api, API_PATH } from './generated/operations.gen.ts';
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
export class Switchboard extends Api {
  override readonly chats: Chats;

  /**
   * @throws {TypeError} if there is neither a `baseUrl` nor a page with an origin, or if `apiKey` has the wrong format.
   */
  constructor(options: SwitchboardOptions = {}) {
    const core = new Core(options, { path: API_PATH, keyPrefix: 'sb_', errors: ERRORS });
    super(core);
    this.chats = new Chats(core);
  }
}
