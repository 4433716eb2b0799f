'use client';

import { chosenLanguage } from '#src/locales/choice.ts';
import { failure as german } from '#src/locales/de/failure.ts';
import { failure as english } from '#src/locales/en/failure.ts';
import { localeFor, languageOf } from '#src/locales/languages.ts';
import { PRODUCT } from '#contract/product';

/** Returns the texts in the language of the browser. The server renders the page in the build, in English. */
function textsHere() {
  if (typeof document === 'undefined') return english;
  const locale = localeFor(chosenLanguage(), navigator.languages.join(','));
  return languageOf(locale) === 'de' ? german : english;
}

/** Shown if the layout itself fails. It has no styles of its own. */
export default function GlobalError({ reset }: { reset: () => void }) {
  const texts = textsHere();
  return (
    <html lang={texts === german ? 'de' : 'en'}>
      <body style={{ fontFamily: 'system-ui, sans-serif', padding: '20vh 1rem', textAlign: 'center' }}>
        <title>{`${texts.title} · ${PRODUCT.name}`}</title>
        <h1>{texts.title}</h1>
        <p>{texts.text}</p>
        <button type="button" onClick={reset}>
          {texts.retry}
        </button>
      </body>
    </html>
  );
}
