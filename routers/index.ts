import { router } from '#server/procedures';
import { chatRouter } from './chat.ts';
import { protectedRouter } from './protected.ts';
import { usersRouter } from './users.ts';

/** Everything that can be called, on every surface. */
export const appRouter = router({
  users: usersRouter,
  chat: chatRouter,
  protected: protectedRouter,
});

export type AppRouter = typeof appRouter;
