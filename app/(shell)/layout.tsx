import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { api, Hydrate } from '../server.tsx';
import { findUser } from '../session.ts';
import { ALL_PROJECTS, FIRST_CHATS } from './chat/list-input.ts';
import { Toasts } from '#src/components/toasts.tsx';
import { Texts } from '#src/locales/server.tsx';
import { Shell } from './chat/shell.tsx';
import { HIDDEN, SIDEBAR_COOKIE } from './chat/sidebar-cookie.ts';
import { Queries } from './queries.tsx';

/** The layout of all pages with the sidebar, which therefore stays as it is from one page to the next. */
export default async function ShellLayout({ children }: { children: ReactNode }) {
  // A layout does not know the path, so the page below it redirects visitors to the sign-in.
  if (!(await findUser())) return children;
  const procedures = await api();
  await Promise.all([
    procedures.users.me.prefetch(),
    procedures.chat.models.prefetch(),
    procedures.chat.list.prefetchInfinite(FIRST_CHATS),
    procedures.chat.projects.list.prefetchInfinite(ALL_PROJECTS),
  ]);
  const wasHidden = (await cookies()).get(SIDEBAR_COOKIE)?.value === HIDDEN;
  return (
    <Queries>
      <Hydrate>
        <Toasts>
          <Texts namespaces={['shell', 'chat', 'sections']}>
            <Shell wasHidden={wasHidden}>{children}</Shell>
          </Texts>
        </Toasts>
      </Hydrate>
    </Queries>
  );
}
