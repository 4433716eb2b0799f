import { type Language, LANGUAGE_COOKIE } from './languages.ts';

const YEAR_S = 31_536_000;

/** Remembers in this browser which language the user has chosen; `null` to follow the browser. */
export function rememberLanguage(language: Language | null): void {
  document.cookie =
    language === null
      ? `${LANGUAGE_COOKIE}=; path=/; max-age=0; samesite=lax`
      : `${LANGUAGE_COOKIE}=${language}; path=/; max-age=${YEAR_S}; samesite=lax`;
}

/** Returns the language that the user has chosen in this browser. */
export function chosenLanguage(): string | undefined {
  const [, value] = new RegExp(`(?:^|; )${LANGUAGE_COOKIE}=([^;]*)`).exec(document.cookie) ?? [];
  return value;
}
