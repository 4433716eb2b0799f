import { z } from 'zod';
import { hostRequest } from '#layer/index';
import { serveRouter } from '#routers/api';
import type { Deps } from '#server/compose';
import * as apiKeys from '#server/people/api-keys';
import { router, signedIn } from '#server/procedures';
import { recordStatements } from '#test/statements';

const User = z.object({ user: z.object({ id: z.string() }) });

/** Calls that only authenticate the caller. */
export interface IdentityCalls {
  /** The calls by name. Each resolves when its response has arrived. */
  calls: Record<string, () => Promise<void>>;
  /** Counts the statements of a call. */
  statementsOf: (call: () => Promise<void>) => Promise<number>;
}

const idle = router({
  idle: signedIn
    .input(z.strictObject({}))
    .output(z.literal(true))
    .query(() => true as const),
});

/** Signs a user up, and returns calls with a session and with an API key, each with and without the cached identity. */
export async function identityCalls(deps: Deps): Promise<IdentityCalls> {
  const origin = 'http://localhost:3000';
  const signedUp = await deps.auth.handler(
    new Request(`${origin}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ada', email: 'ada@example.com', password: 'correct horse' }),
    }),
  );
  const { user } = User.parse(await signedUp.json());
  const cookie = signedUp.headers.getSetCookie().flatMap((line) => line.split(';', 1));
  const actor = {
    userId: user.id,
    role: 'user' as const,
    isGuest: false,
    via: { kind: 'session' as const, sessionId: '' },
    request: { id: 'bench', ip: null, userAgent: null },
  };
  const { key } = await apiKeys.create(deps, actor, { name: 'bench', scope: 'read' });
  const api = serveRouter(deps, idle, { title: 'Bench', version: '0' });
  const statements = recordStatements(deps.database);

  const callWith = (headers: Record<string, string>) => async () => {
    const request = new Request(`${origin}/api/trpc/idle?input=%7B%22json%22%3A%7B%7D%7D`, { headers });
    const { status } = await api.respond(
      hostRequest(request, { platform: { isLocal: () => true }, maxDuration: 60, peer: '127.0.0.1' }),
    );
    if (status !== 200) throw new Error(`The call returned ${status}.`);
  };
  const uncached = (call: () => Promise<void>) => () => {
    deps.authenticator.invalidateAll();
    return call();
  };
  const [bySession, byKey] = [
    callWith({ cookie: cookie.join('; ') }),
    callWith({ authorization: `Bearer ${key}` }),
  ];
  return {
    calls: {
      'session, cached': bySession,
      'session, not cached': uncached(bySession),
      'API key, cached': byKey,
      'API key, not cached': uncached(byKey),
    },
    async statementsOf(call) {
      await call();
      statements.length = 0;
      await call();
      return statements.length;
    },
  };
}
