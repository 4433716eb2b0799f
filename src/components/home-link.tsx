import Link from 'next/link';
import { PRODUCT } from '#contract/product';
import { useTranslations } from '#texts';
import { Brand } from './brand.tsx';
import classes from './brand.module.css';

/** The logo and the name as a link to the landing page. */
export function HomeLink() {
  const t = useTranslations('common');
  return (
    <Link href="/" className={classes['home']} aria-label={t('homeOf', { product: PRODUCT.name })}>
      <Brand />
    </Link>
  );
}
