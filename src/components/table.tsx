import type { ComponentProps } from 'react';
import classes from './table.module.css';

/** A table. That of Mantine adds 23 kB (gzip) to a page, for scrolling and floating elements. */
export function Table({ className, ...props }: ComponentProps<'table'>) {
  return <table className={`${classes['table'] ?? ''} ${className ?? ''}`} {...props} />;
}
