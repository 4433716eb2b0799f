import { router } from '#server/procedures';
import { chatRouter } from './chat.ts';
import { protectedRouter } from './protected.ts';
import { usersRouter } from './users.ts';

/** All procedures. Every surface serves them. */
export const appRouter = router({
  users: usersRouter,
  chat: chatRouter,
  protected: protectedRouter,
});

export type AppRouter = typeof appRouter;
