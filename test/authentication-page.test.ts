import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { AUTH_ENDPOINTS } from '#server/people/auth-surface';
import { cookieOf, postAuth, read } from '#test/client';
import { serveInstance } from '#test/served';

const page = readFileSync(join(import.meta.dirname, '../docs/authentication.md'), 'utf8');
const rows = [...page.matchAll(/^\| (`.*) \|$/gm)].map(([, row = '']) =>
  row.split('|').map((cell) => cell.trim()),
);
/** Returns the names in backticks in a cell, each with the question mark after it. */
const namesIn = (cell = '') =>
  [...cell.matchAll(/`([^`]+)`(\??)/g)].map(([, name, mark]) => `${name}${mark}`);

const { url, close } = await serveInstance();
afterAll(close);

function bodyOf(schema: z.core.$ZodType | undefined): string[] {
  if (!(schema instanceof z.core.$ZodObject)) return [];
  const fields: [string, z.core.$ZodType][] = Object.entries(schema._zod.def.shape);
  return fields.map(([name, field]) => (field._zod.optin === 'optional' ? `${name}?` : name));
}

test('the page lists the open endpoints with their bodies and limits', () => {
  const described = rows
    .filter(([call]) => call?.includes('/api/auth'))
    .map(([call = '', body, , limit]) => [call.replaceAll('`', ''), namesIn(body), namesIn(limit)]);
  const open = Object.entries(AUTH_ENDPOINTS).map(([path, { method, body, limit }]) => {
    return [`${method} /api/auth${path}`, bodyOf(body), limit ? [limit] : []];
  });
  expect(described.toSorted()).toEqual(open.toSorted());
});

/** The body for each endpoint, in an order in which all requests succeed. */
const BODIES: Record<string, object> = {
  '/sign-in/anonymous': {},
  '/sign-up/email': { name: 'Eve', email: 'eve@example.com', password: 'correct horse' },
  '/sign-in/email': { email: 'eve@example.com', password: 'correct horse' },
  '/change-password': { currentPassword: 'correct horse', newPassword: 'a better horse' },
  '/get-session': {},
  '/sign-out': {},
};

test('every response has the fields that the page lists', async () => {
  const fields = new Map(
    rows.map(([name = '', cell]) => [name.replaceAll('`', ''), namesIn(cell).toSorted()]),
  );
  expect(Object.keys(BODIES).toSorted()).toEqual(Object.keys(AUTH_ENDPOINTS).toSorted());
  let cookie = '';
  for (const [path, json] of Object.entries(BODIES)) {
    const method = AUTH_ENDPOINTS[path]?.method ?? '';
    const [, , response] = rows.find(([call]) => call === `\`${method} /api/auth${path}\``) ?? [];
    const sent =
      method === 'POST'
        ? await postAuth(url, path, json, { cookie })
        : await fetch(`${url}/api/auth${path}`, { headers: { cookie } });
    cookie = cookieOf(sent) || cookie;
    const body = z.record(z.string(), z.unknown()).parse((await read(sent)).body);
    expect([path, sent.status, Object.keys(body)]).toEqual([path, 200, namesIn(response)]);
    for (const [name, value] of Object.entries(body)) {
      if (typeof value === 'object') expect(Object.keys(value ?? {}).toSorted()).toEqual(fields.get(name));
    }
  }
});
