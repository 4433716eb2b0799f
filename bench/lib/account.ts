import { z } from 'zod';

/**
 * Posts JSON.
 * @throws {Error} with the answer when it is not a success.
 */
export async function post(
  url: string,
  body: object,
  headers: Record<string, string> = {},
): Promise<Response> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response;
}

/** Signs a person up with a server of ours. @returns the value of the header `Cookie` by which they are signed in. */
export async function signUp(origin: string): Promise<string> {
  const account = { name: 'Bench', email: 'bench@example.com', password: 'a password to measure with' };
  const response = await post(`${origin}/api/auth/sign-up/email`, account);
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
}

const Key = z.object({ key: z.string() });

/** Signs a person up with a server of ours. @returns an API key of theirs. */
export async function createApiKey(origin: string): Promise<string> {
  const cookie = await signUp(origin);
  const order = { name: 'bench', scope: 'write' };
  const response = await post(`${origin}/api/v1/protected/api-keys`, order, { cookie });
  return Key.parse(await response.json()).key;
}
