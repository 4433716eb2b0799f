import { beforeAll, expect, test } from '@jest/globals';
import { callTRPCProcedure } from '@trpc/server';
import { eq } from 'drizzle-orm';
import { appRouter } from '#routers/index';
import { createContext } from '#server/people/context';
import { users } from '#server/db/schema/index';
import type { Deps } from '#server/compose';
import { toAppError } from '#server/errors';
import { ERRORS } from '#contract/errors';
import { requestInfo, signUp, startInstance } from '#test/caller';
import { procedures } from '#test/procedures';
import { samplesOf } from '#test/samples';

let deps: Deps;

beforeAll(async () => {
  deps = await startInstance();
});

test.each(procedures)(
  '$name does not fail with status 500 or more if the account is deleted meanwhile',
  async (endpoint) => {
    const ada = await signUp(deps);
    await deps.db.update(users).set({ role: 'admin' }).where(eq(users.id, ada.id));
    const chat = await ada.api.chat.create({ title: 'Mine' });
    const context = createContext(deps, requestInfo(ada.headers));
    await context.authenticate();
    await deps.db.delete(users).where(eq(users.id, ada.id));
    const { valid } = samplesOf(endpoint);
    const input = {
      ...valid,
      ...('chatId' in valid && { chatId: chat.id }),
      ...('id' in valid && { id: endpoint.name.startsWith('chat') ? chat.id : ada.id }),
    };
    const outcome = callTRPCProcedure({
      router: appRouter,
      path: endpoint.name,
      type: endpoint.type,
      ctx: context,
      signal: context.request.signal,
      getRawInput: () => Promise.resolve(input),
      batchIndex: 0,
    });
    const kind = await outcome.then(
      () => null,
      (error: unknown) => toAppError(error).kind,
    );
    if (kind !== null) expect(ERRORS[kind].status).toBeLessThan(500);
  },
);
