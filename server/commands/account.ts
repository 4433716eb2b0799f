import { z } from 'zod';
import { makeAdmin } from '#server/people/admin-claim';
import { auditCommand } from '#server/people/audit';
import { isBanned } from '#server/people/bans';
import { accountByEmail } from '#server/people/lookup';
import { list } from '#server/people/users';
import { type CommandContext, CommandError, defineCommand } from './command.ts';

const PAGE = 100;

const Email = z.strictObject({ email: z.string().min(3).max(320) });

/** Returns the account with an email. @throws {CommandError} if there is none. */
async function requireAccount({ database: { db } }: CommandContext, email: string) {
  const account = await accountByEmail(db, email);
  if (!account) throw new CommandError(`No account has the email ${email}.`);
  return account;
}

/** Returns a text without control characters, which could change what a terminal shows. */
// eslint-disable-next-line no-control-regex -- these are the ones to replace
const shown = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, '�');

const stateOf = (account: Parameters<typeof isBanned>[0]) => (isBanned(account) ? 'banned' : 'active');

const accountList = defineCommand({
  name: 'account list',
  summary: 'lists accounts, newest first: email, role, state, day of creation',
  options: {
    search: { type: 'string', value: 'text', help: 'only those whose name or email contains it' },
    limit: { type: 'string', value: 'number', help: 'how many, at most; default: 1000' },
  },
  input: z.strictObject({
    search: z.string().max(100).optional(),
    limit: z.coerce.number().int().min(1).max(1_000_000).default(1000),
  }),
  async run({ database, print, signal }, { search, limit }) {
    let left = limit;
    let cursor: string | undefined;
    do {
      const page = await list(database, {
        limit: PAGE,
        ...(cursor !== undefined && { cursor }),
        ...(search !== undefined && { search }),
      });
      for (const account of page.items.filter(({ isGuest }) => !isGuest).slice(0, left)) {
        left--;
        const { email, role, createdAt } = account;
        await print([shown(email), role, stateOf(account), createdAt.toISOString().slice(0, 10)].join('\t'));
      }
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined && left > 0 && !signal.aborted);
    await auditCommand(database.db, 'account.list');
  },
});

const accountShow = defineCommand({
  name: 'account show',
  summary: 'shows an account',
  positionals: ['email'],
  input: Email,
  async run(context, { email }) {
    const account = await requireAccount(context, email);
    await auditCommand(context.database.db, 'account.show', account.id);
    const { id, name, role, createdAt, sessions, apiKeys } = account;
    const lines = {
      id,
      email: shown(account.email),
      name: shown(name),
      role,
      state: stateOf(account),
      created: createdAt.toISOString(),
      sessions,
      'API keys': apiKeys,
    };
    for (const [field, value] of Object.entries(lines)) await context.print(`${field}: ${value}`);
  },
});

const accountAdmin = defineCommand({
  name: 'account admin',
  summary: 'makes an existing account an admin',
  positionals: ['email'],
  input: Email,
  async run(context, { email }) {
    const account = await requireAccount(context, email);
    if (account.role === 'admin') return context.print(`${shown(account.email)} is an admin already.`);
    await makeAdmin(context.database.db, account.id, false, { via: 'command', target: account.id });
    return context.print(`${shown(account.email)} is an admin now.`);
  },
});

export const accountCommands = [accountList, accountShow, accountAdmin];
