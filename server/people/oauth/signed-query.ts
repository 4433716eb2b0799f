import { sign, signerOf } from '#server/people/signed-cookies';
import type { AuthSecrets } from '#server/secrets/secrets';

const SIGNATURE = 'sig';

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);

/** Returns the text that better-auth signs: the parameters in the order of their names and values. */
function signedText(parameters: URLSearchParams): string {
  const entries = [...parameters].sort(
    ([name, value], [otherName, otherValue]) => compare(name, otherName) || compare(value, otherValue),
  );
  return new URLSearchParams(entries).toString();
}

/**
 * Replaces the signature of an older secret in the query of the consent page, which better-auth has signed, by that of
 * the newest one, the only one that better-auth accepts. So a page that is open while AUTH_SECRET changes goes on.
 */
export function resignQuery(query: string, secrets: AuthSecrets): string {
  const [newest] = secrets;
  const parameters = new URLSearchParams(query);
  const [signature, ...more] = parameters.getAll(SIGNATURE);
  if (secrets.length === 1 || signature === undefined || more.length > 0) return query;
  parameters.delete(SIGNATURE);
  const text = signedText(parameters);
  const signer = signerOf(text, Buffer.from(signature, 'base64'), secrets);
  if (signer === undefined || signer === newest) return query;
  parameters.set(SIGNATURE, sign(newest, text));
  return parameters.toString();
}
