import classes from './brand.module.css';
import { PRODUCT } from '#contract/product';

/** The logo: two lines that are switched to one. */
export function Mark({ size = 26 }: { size?: number }) {
  return (
    <svg aria-hidden className={classes['mark']} width={size} height={size} viewBox="0 0 32 32">
      <rect width="32" height="32" rx="9" fill="currentColor" />
      <g fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round">
        <path d="M8 11h4c4 0 4 10 8 10h4" />
        <path d="M8 21h4c1.6 0 2.6-1.4 3.4-3" opacity="0.65" />
        <path d="M17.5 12.5c.7-.9 1.5-1.5 2.5-1.5h4" opacity="0.65" />
      </g>
    </svg>
  );
}

/** The logo and the name. */
export function Brand() {
  return (
    <span className={classes['brand']}>
      <Mark />
      <span translate="no" className={classes['name']}>
        {PRODUCT.name}
      </span>
    </span>
  );
}
