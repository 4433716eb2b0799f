/**
 * Returns a function that makes something once for each language, such as a format of dates, because making one takes longer
 * than using it. @param make gets a BCP 47 tag.
 */
export function perLanguage<T extends object>(make: (locale: string) => T): (locale: string) => T {
  const made = new Map<string, T>();
  return (locale) => {
    const known = made.get(locale);
    if (known) return known;
    const value = make(locale);
    made.set(locale, value);
    return value;
  };
}
