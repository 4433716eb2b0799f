import { afterAll, expect, test } from '@jest/globals';
import type { Endpoint } from '#layer/index';
import { admissionRule } from '#server/access';
import { signInAsGuest, caller, signUpAdmin, withKey } from '#test/client';
import { find } from '#test/openapi';
import { callRest, procedures } from '#test/procedures';
import { startServer } from '#test/server';

const server = await startServer();
afterAll(server.stop);
/** The admin may call every procedure, so a rejection can only be caused by the credential. */
const admin = await signUpAdmin(server);
const keyWith = async (scope: 'read' | 'write') =>
  withKey(server.url, (await admin.rpc.protected.apiKeys.create.mutate({ name: scope, scope })).key);
const callers = {
  nothing: caller(server.url),
  readKey: await keyWith('read'),
  writeKey: await keyWith('write'),
  session: admin,
};
const guest = await signInAsGuest(server.url);

/** The statuses of a rejected credential. Otherwise, the invalid input or the unknown id causes another status. */
const REJECTED = [401, 403];

/** Procedures that would succeed with the input `nothing`. */
const DANGEROUS = ['protected.deleteAccount'];

/** Returns an input with only the parameters of the path. */
const pathInput = ({ params }: Endpoint) => Object.fromEntries(params.map((name) => [name, 'nothing']));

test.each(procedures.filter(({ name }) => !DANGEROUS.includes(name)))(
  'the document lists the credentials that $name accepts',
  async (endpoint) => {
    const security = find(endpoint.path, endpoint.method)?.described?.operation.security ?? [];
    const scopes = security.flatMap((requirement) => requirement['apiKey'] ?? []);
    const isOpen = security.length === 0;
    const input = pathInput(endpoint);
    const allowed = async (as: keyof typeof callers) =>
      !REJECTED.includes((await callRest(callers[as], endpoint, input)).status);
    expect({
      nothing: await allowed('nothing'),
      readKey: await allowed('readKey'),
      writeKey: await allowed('writeKey'),
      session: await allowed('session'),
    }).toEqual({
      nothing: isOpen,
      readKey: isOpen || scopes.includes('read'),
      writeKey: isOpen || scopes.length > 0,
      session: true,
    });
  },
);

test.each(procedures.filter(({ name, procedure }) => admissionRule(name, procedure).access === 'registered'))(
  'a guest cannot call $name, as in its description',
  async (endpoint) => {
    const { status } = await callRest(guest, endpoint, pathInput(endpoint));
    expect(status).toBe(403);
  },
);
