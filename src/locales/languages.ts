import { PRODUCT } from '#contract/product';

/** The languages of the pages. The last two are made from English, for tests: they are not offered in the settings. */
export const LANGUAGES = ['en', 'de', 'en-XA', 'ar-XB'] as const;

export type Language = (typeof LANGUAGES)[number];

/** The languages that a user can choose, with their names in themselves. */
export const OFFERED = { en: 'English', de: 'Deutsch' } as const satisfies Partial<Record<Language, string>>;

/** The cookie with the language that the user has chosen. Without it, the browser's `Accept-Language` decides. */
export const LANGUAGE_COOKIE = `${PRODUCT.slug}-language`;

/** The request header by which proxy.ts gives pages their locale. */
export const LOCALE_HEADER = 'x-locale';

const DEFAULT = 'en';
/** How many languages of a header are read. */
const MAX_RANGES = 20;
const RANGE = /^[a-z]{2,8}(?:-[a-z\d]{1,8})*$/i;

export const isLanguage = (value: unknown): value is Language => LANGUAGES.some((known) => known === value);

/** Returns the language for a locale such as `de-AT` (RFC 4647, section 3.4), or `null` if the pages do not have it. */
function lookUp(locale: string): Language | null {
  for (let range = locale; range !== ''; range = range.slice(0, Math.max(0, range.lastIndexOf('-')))) {
    const found = LANGUAGES.find((language) => language.toLowerCase() === range.toLowerCase());
    if (found) return found;
  }
  return null;
}

/** Returns the language of a page that is formatted for a locale. */
export const languageOf = (locale: string): Language => lookUp(locale) ?? DEFAULT;

/** Returns the direction in which a language is written. */
export const directionOf = (language: Language): 'ltr' | 'rtl' => (language === 'ar-XB' ? 'rtl' : 'ltr');

/** Returns the locales of an `Accept-Language` header, the preferred ones first. */
function localesOf(header: string): string[] {
  const ranges = header.split(',', MAX_RANGES).map((part) => {
    const [range = '', ...parameters] = part.split(';').map((each) => each.trim());
    const quality = Number(parameters.find((each) => each.startsWith('q='))?.slice(2) ?? 1);
    return { range, quality };
  });
  return ranges
    .filter(({ range, quality }) => RANGE.test(range) && quality > 0)
    .sort((one, other) => other.quality - one.quality)
    .map(({ range }) => range);
}

/**
 * Returns the locale of a page: the language that the user has chosen or that the browser prefers, with the region of the
 * browser if it names one for this language, because dates and numbers differ by region.
 * @param chosen the value of LANGUAGE_COOKIE. @param accepted the header `Accept-Language`.
 */
export function localeFor(chosen: string | undefined, accepted: string | null): string {
  const locales = localesOf(accepted ?? '');
  const language = isLanguage(chosen)
    ? chosen
    : (locales.map(lookUp).find((found) => found !== null) ?? DEFAULT);
  return locales.find((locale) => lookUp(locale) === language) ?? language;
}
