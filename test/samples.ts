import { z } from 'zod';
import { unwrap } from '#layer/testing/index';
import { type Caller, idOf } from '#test/client';
import fc from '#test/fast-check';
import { acceptedInputs, badInputs } from '#test/inputs';
import { callRest, creatorFor, type Endpoint, type Input } from '#test/procedures';
import { SEED } from '#test/seed';

/** The number of invalid inputs per procedure. */
const BAD_INPUTS = 4;
/** The password of every account in tests. */
const PASSWORD = 'correct horse';

/** True if a value means the same as text, which it is in a path or a query, and as JSON. */
function isSameAsText(field: z.core.$ZodType | undefined, value: unknown): boolean {
  const bare = field && unwrap(field, 'input');
  if (bare instanceof z.core.$ZodNumber) {
    return typeof value === 'number' || (typeof value === 'string' && !Number.isFinite(Number(value)));
  }
  if (bare instanceof z.core.$ZodBoolean) return value !== 'true' && value !== 'false';
  return typeof value === 'string' || field === undefined;
}

/** True if REST can express an input: the path has a value for each parameter, and texts have no lone surrogates. */
function isExpressible({ params, takesBody, inputFields, rest }: Endpoint, input: Input): boolean {
  const hasPath = params.every(
    (name) => typeof input[name] === 'string' && !/^\.{0,2}$|\p{Cc}/u.test(input[name]),
  );
  const asText = Object.entries(input).filter(([name]) => !takesBody || params.includes(name));
  const text = JSON.stringify(input);
  // A body with __proto__ is rejected before validation. superjson, which tRPC's own client uses for a stream, does not
  // send the other names.
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
 * Returns inputs of a procedure that mean the same on every surface: a valid one, whose ids do not exist and which has
 * no cursor, and some invalid ones. Without an input no value is invalid: only REST rejects fields that are not known.
 * @param variant selects other inputs.
 */
export function samplesOf(endpoint: Endpoint, variant = 0): { valid: Input; bad: Input[] } {
  const seeded = { seed: SEED + variant };
  const [valid = {}] = fc.sample(acceptedInputs(endpoint), { ...seeded, numRuns: 1 });
  // fast-check likes words such as "prototype". The schema accepts them, but the server rejects common passwords.
  if (typeof valid['password'] === 'string') valid['password'] = PASSWORD;
  // Other procedures may get the same email, which only one account can have.
  if (typeof valid['email'] === 'string') valid['email'] = `${endpoint.name}.${variant}.${valid['email']}`;
  // The messages before a question would have to be those of the chat.
  if (typeof valid['shown'] === 'object' && valid['shown'] !== null)
    valid['shown'] = { ...valid['shown'], before: [] };
  // An answer in progress has another text each time.
  if (typeof valid['waitSeconds'] === 'number') valid['waitSeconds'] = 20;
  const bad = endpoint.input
    ? fc.sample(
        badInputs(endpoint).filter((input) => isExpressible(endpoint, input)),
        { ...seeded, numRuns: BAD_INPUTS },
      )
    : [];
  // Only a guest may leave the password out.
  return { valid: endpoint.name === 'protected.deleteAccount' ? { password: PASSWORD } : valid, bad };
}

/**
 * Creates the object for the field `id` of a procedure, with the procedure `create` of its router.
 * @returns its id. @throws {Error} if the router has none.
 */
export async function createFor({ name }: Endpoint, as: Caller): Promise<string> {
  const creator = creatorFor(name);
  if (!creator) {
    throw new Error(
      `${name} takes an id, but its router has no "create". Add an entry to MAKERS in test/fixture.ts and test/hosts/seed.ts.`,
    );
  }
  return idOf(await callRest(as, creator, samplesOf(creator).valid));
}
