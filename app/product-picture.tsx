import { useTranslations } from '#texts';
import classes from './page.module.css';
import chatDark from './screenshots/chat-dark.png';
import chatLight from './screenshots/chat-light.png';
import phoneDark from './screenshots/phone-dark.png';
import phoneLight from './screenshots/phone-light.png';

const PICTURES = [
  { scheme: 'light', wide: chatLight, narrow: phoneLight },
  { scheme: 'dark', wide: chatDark, narrow: phoneDark },
];

/** A picture of a chat in the colors of the page (`npm run screenshots`). The browser loads only the one that it shows. */
export function ProductPicture() {
  const t = useTranslations('landing');
  return PICTURES.map(({ scheme, wide, narrow }) => (
    <picture key={scheme} className={classes['picture']} data-scheme={scheme}>
      <source media="(max-width: 48em)" srcSet={narrow.src} width={narrow.width} height={narrow.height} />
      <img src={wide.src} width={wide.width} height={wide.height} loading="lazy" alt={t('picture')} />
    </picture>
  ));
}
