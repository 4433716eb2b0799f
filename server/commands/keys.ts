import { z } from 'zod';
import { auditCommand } from '#server/people/audit';
import {
  isServed,
  type KeyUse,
  keyUses,
  missingUses,
  type OlderSignatures,
  olderSignatures,
  recordSigning,
} from '#server/vault/key-use';
import { fingerprintOf } from '#server/secrets/keyring';
import { type Rotated, rotateKeys } from '#server/vault/rotation';
import { amount, SEALED } from '#server/vault/sealed';
import { type Secrets, sourceOf } from '#server/secrets/secrets';
import { type CommandContext, CommandError, defineCommand } from './command.ts';

const DAY_MS = 24 * 3600_000;

const None = z.strictObject({});

/** @throws {CommandError} if there are none. */
function requireSecrets({ secrets }: CommandContext): Secrets {
  const found = secrets();
  if (!found) throw new CommandError('Set AUTH_SECRET and ENCRYPTION_KEY as on the server.');
  return found;
}

const joined = (parts: readonly string[]): string => parts.join(' and ');

/** Returns how many values of each kind a key protects. */
const amounts = (uses: readonly KeyUse[], id: string | null): string[] =>
  SEALED.map((column) => {
    const found = uses.find((use) => use.id === id && use.column === column);
    return amount(found?.count ?? 0, column);
  });

/** Returns the sentence about values whose key is missing; `undefined` if there are none. */
function missingSentence({ env }: CommandContext, secrets: Secrets, uses: readonly KeyUse[]) {
  const missing = missingUses(uses, secrets);
  if (missing.length === 0) return undefined;
  const parts = [...new Set(missing.map(({ id }) => id))].map((id) => {
    const values = missing.filter((use) => use.id === id);
    const what = joined(values.map(({ count, column }) => amount(count, column)));
    return `${what} cannot be decrypted without the key ${id ?? ''}`;
  });
  const place = sourceOf(env, 'ENCRYPTION_KEY');
  return `${parts.join(', ')}: add it to the end of the list in ${place}, and restart the server.`;
}

/** Returns what is known about the signatures of older secrets. */
function signedBy(older: OlderSignatures | null): string {
  if (!older) return 'not counted before keys rotate';
  const { sessions, tokens } = older;
  return `at most ${amount(sessions, { what: 'session' })} and ${amount(tokens, { what: 'access token' })}`;
}

const keysList = defineCommand({
  name: 'keys list',
  summary: 'shows fingerprints of the secrets, and how many values need each of them',
  input: None,
  async run(context) {
    const { database, print } = context;
    const secrets = requireSecrets(context);
    const uses = await keyUses(database);
    const row = (...cells: string[]) => print(cells.join('\t'));
    for (const [index, { id }] of secrets.encryptionKeys.entries()) {
      await row('ENCRYPTION_KEY', id, index === 0 ? 'first' : 'older', ...amounts(uses, id));
    }
    for (const id of new Set(missingUses(uses, secrets).map((use) => use.id))) {
      await row('ENCRYPTION_KEY', id ?? '', 'missing', ...amounts(uses, id));
    }
    if (uses.some(({ id }) => id === null))
      await row('ENCRYPTION_KEY', '', 'not named', ...amounts(uses, null));
    const older = secrets.authSecrets.length > 1 ? await olderSignatures(database.db, secrets) : null;
    for (const [index, secret] of secrets.authSecrets.entries()) {
      const fingerprint = fingerprintOf('AUTH_SECRET', secret);
      if (index === 0) await row('AUTH_SECRET', fingerprint, 'first');
      else await row('AUTH_SECRET', fingerprint, 'older', signedBy(older));
    }
    await auditCommand(database.db, 'keys.list');
    const sentence = missingSentence(context, secrets, uses);
    if (sentence !== undefined) throw new CommandError(sentence);
  },
});

/** Prints whether older keys of ENCRYPTION_KEY may go. */
async function printOlderKeys(
  { env, print }: CommandContext,
  { encryptionKeys: [first, ...others] }: Secrets,
  uses: readonly KeyUse[],
): Promise<void> {
  const place = sourceOf(env, 'ENCRYPTION_KEY');
  for (const { id } of others) {
    const left = uses.filter((use) => use.id === id);
    await print(
      left.length === 0
        ? `No value needs the key ${id} any more. Remove it from ${place}, but keep it as long as you keep a backup that was made before.`
        : `${joined(left.map(({ count, column }) => amount(count, column)))} of the key ${id} were written meanwhile. Restart all servers with ${first.id} as the first key, and run keys rotate again.`,
    );
  }
}

/** Prints when older secrets of AUTH_SECRET may go. */
async function printOlderSecrets({ env, database, print }: CommandContext, secrets: Secrets): Promise<void> {
  if (secrets.authSecrets.length === 1) return;
  const older = await olderSignatures(database.db, secrets);
  const place = sourceOf(env, 'AUTH_SECRET');
  if (older && older.sessions + older.tokens === 0) {
    return print(
      `No session needs an older secret any more. Remove the older ones from ${place}. API keys that were created with them stay valid, with the limit UNKNOWN_KEY_LIMIT.`,
    );
  }
  const end = older?.until ? `, and the last one ends on ${older.until.toISOString().slice(0, 10)}` : '';
  return print(
    `Older secrets of ${place} may have signed ${signedBy(older)}. A session is signed again when it is used, at most once a day${end}. Remove the older secrets when keys list counts none, or these sessions end.`,
  );
}

const unreadableSentence = (rotated: readonly Rotated[]): string | undefined => {
  const unreadable = rotated.filter((part) => part.unreadable > 0);
  if (unreadable.length === 0) return undefined;
  const what = unreadable.map((part) => amount(part.unreadable, part.column));
  return `${joined(what)} cannot be decrypted by any key of ENCRYPTION_KEY: a key was removed too early, or the values were changed.`;
};

const keysRotate = defineCommand({
  name: 'keys rotate',
  summary: 're-encrypts everything with the first key of ENCRYPTION_KEY, also while the server runs',
  limitMs: DAY_MS,
  input: None,
  async run(context) {
    const { database, print, signal } = context;
    const secrets = requireSecrets(context);
    const [{ id }] = secrets.encryptionKeys;
    // On the embedded database, the only server executes this.
    if (database.kind === 'postgres' && !(await isServed(database.db, secrets))) {
      throw new CommandError(
        `The server that started last does not have ${id} as the first key. Start all servers with this ENCRYPTION_KEY before.`,
      );
    }
    await auditCommand(database.db, 'keys.rotate');
    await recordSigning(database.db, secrets);
    const rotated = await rotateKeys(database, secrets.encryptionKeys, signal);
    await print(
      `Re-encrypted ${joined(rotated.map(({ count, column }) => amount(count, column)))} with the key ${id}.`,
    );
    const uses = await keyUses(database);
    await printOlderKeys(context, secrets, uses);
    await printOlderSecrets(context, secrets);
    const sentence = missingSentence(context, secrets, uses) ?? unreadableSentence(rotated);
    if (sentence !== undefined) throw new CommandError(sentence);
  },
});

export const keyCommands = [keysList, keysRotate];
