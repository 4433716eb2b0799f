import type { ReactNode } from 'react';
import { ColorSchemeToggle } from '#src/components/color-scheme-toggle.tsx';
import { HomeLink } from '#src/components/home-link.tsx';
import { Texts } from '#src/locales/server.tsx';
import classes from './auth.module.css';

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <div className={classes['page']}>
      <header className={classes['header']}>
        <HomeLink />
        <ColorSchemeToggle />
      </header>
      <main className={classes['main']}>
        <Texts namespaces={['auth']}>{children}</Texts>
      </main>
    </div>
  );
}
