import type { ReactNode } from 'react';
import { Brand } from '#src/components/brand.tsx';
import { ColorSchemeToggle } from '#src/components/color-scheme-toggle.tsx';
import { LinkAnchor } from '#src/components/links.tsx';
import classes from './auth.module.css';
import { PRODUCT } from '#contract/product';

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <div className={classes['page']}>
      <header className={classes['header']}>
        <LinkAnchor href="/" c="inherit" underline="never" aria-label={`${PRODUCT.name}, home`}>
          <Brand />
        </LinkAnchor>
        <ColorSchemeToggle />
      </header>
      <main className={classes['main']}>{children}</main>
    </div>
  );
}
