import { afterAll, expect, test } from '@jest/globals';
import { postAuth, signUp } from '#test/client';
import { serveInstance } from '#test/served';

const one = await serveInstance();
afterAll(one.close);

const ada = await signUp(one.url);

test.each(['https://evil.example/', '/.//evil.example', '/chat'])(
  'a sign-in sends nobody to a callbackURL such as %s',
  async (callbackURL) => {
    const { email, password } = ada;
    const response = await postAuth(one.url, '/sign-in/email', { email, password, callbackURL });
    expect([response.status, response.headers.get('location')]).toEqual([200, null]);
    expect(await response.text()).not.toContain(callbackURL);
  },
);
