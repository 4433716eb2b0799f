import { chatRouter } from '#routers/chat';
import { protectedRouter } from '#routers/protected';
import { usersRouter } from '#routers/users';
import { router } from '#server/trpc';

/** Everything that can be called, on every surface. */
export const appRouter = router({
  users: usersRouter,
  chat: chatRouter,
  protected: protectedRouter,
});

export type AppRouter = typeof appRouter;
