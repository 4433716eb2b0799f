import { z } from 'zod';

/**
 * Posts JSON.
 * @throws {Error} with the response if its status is not 2xx.
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
  if (!response.ok) throw new Error(`${url} returned ${response.status}: ${await response.text()}`);
  return response;
}

/** Signs a user up on one of our servers. @returns the `Cookie` header of their session. */
export async function signUp(origin: string): Promise<string> {
  const account = { name: 'Bench', email: 'bench@example.com', password: 'a password to measure with' };
  const response = await post(`${origin}/api/auth/sign-up/email`, account);
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
}

const Key = z.object({ key: z.string() });

/** Signs a user up on one of our servers. @returns an API key of this user. */
export async function createApiKey(origin: string): Promise<string> {
  const cookie = await signUp(origin);
  const input = { name: 'bench', scope: 'write' };
  const response = await post(`${origin}/api/v1/protected/api-keys`, input, { cookie });
  return Key.parse(await response.json()).key;
}
