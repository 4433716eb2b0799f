import { z } from 'zod';
import { unwrap } from '#layer/schema/schema';
import { type Caller, idOf } from '#test/client';
import fc from '#test/fast-check';
import { acceptedInputs, badInputs } from '#test/inputs';
import { callRest, creatorFor, type Endpoint, type Input } from '#test/procedures';
import { SEED } from '#test/seed';

/** Inputs per procedure that its schema refuses. */
const BAD_INPUTS = 4;
/** That of every account in tests. */
const PASSWORD = 'correct horse';

/** Whether a field means the same as text, which it is in a path or a query, and as JSON. */
function isSameAsText(field: z.core.$ZodType | undefined, value: unknown): boolean {
  const bare = field && unwrap(field, 'input');
  if (bare instanceof z.core.$ZodNumber) {
    return typeof value === 'number' || (typeof value === 'string' && !Number.isFinite(Number(value)));
  }
  if (bare instanceof z.core.$ZodBoolean) return value !== 'true' && value !== 'false';
  return typeof value === 'string' || field === undefined;
}

/** Whether REST can say an input: its path has a value for each parameter, and text has no half characters. */
function canBeSaid({ params, takesBody, inputFields, rest }: Endpoint, input: Input): boolean {
  const hasPath = params.every(
    (name) => typeof input[name] === 'string' && !/^\.{0,2}$|\p{Cc}/u.test(input[name]),
  );
  const asText = Object.entries(input).filter(([name]) => !takesBody || params.includes(name));
  const text = JSON.stringify(input);
  // JSON that names __proto__ is refused before it is an input, and superjson, which tRPC's own client is given for a
  // stream, does not send the others.
  const isClean = !text.includes('__proto__') && !(rest.stream && /prototype|constructor/.test(text));
  return (
    hasPath &&
    isClean &&
    asText.every(
      ([name, value]) =>
        isSameAsText(inputFields.get(name), value) && (typeof value !== 'string' || value.isWellFormed()),
    )
  );
}

/**
 * Inputs of a procedure that mean the same on every surface: one that its schema takes, but for the ids of what is there
 * and a page, and some that it refuses.
 * @param variant another one gives other inputs.
 */
export function samplesOf(endpoint: Endpoint, variant = 0): { valid: Input; bad: Input[] } {
  const seeded = { seed: SEED + variant };
  const [valid = {}] = fc.sample(acceptedInputs(endpoint), { ...seeded, numRuns: 1 });
  // Words that fast-check likes, such as "prototype", are common passwords, which no schema refuses but the server does.
  if (typeof valid['password'] === 'string') valid['password'] = PASSWORD;
  // Other procedures may be given the same e-mail address, which only one account can have.
  if (typeof valid['email'] === 'string') valid['email'] = `${endpoint.name}.${variant}.${valid['email']}`;
  // The answers before a question have to be those of the chat.
  if (typeof valid['shown'] === 'object' && valid['shown'] !== null)
    valid['shown'] = { ...valid['shown'], before: [] };
  const bad = fc.sample(
    badInputs(endpoint).filter((input) => canBeSaid(endpoint, input)),
    { ...seeded, numRuns: BAD_INPUTS },
  );
  // Only a guest may leave the password out.
  return { valid: endpoint.name === 'protected.deleteAccount' ? { password: PASSWORD } : valid, bad };
}

/**
 * Creates what a procedure with an `id` is called about, by the procedure `create` of its router.
 * @returns its id. @throws {Error} if the router has none.
 */
export async function createFor({ name }: Endpoint, as: Caller): Promise<string> {
  const creator = creatorFor(name);
  if (!creator) {
    throw new Error(
      `${name} takes an id, and its router has no "create" that makes one: add an entry to MAKERS in test/fixture.ts and test/hosts/seed.ts.`,
    );
  }
  return idOf(await callRest(as, creator, samplesOf(creator).valid));
}
