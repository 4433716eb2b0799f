const BROWSERS: [RegExp, string][] = [
  [/\bEdg\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\//, 'Firefox'],
  [/\b(Headless)?Chrome\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
  [/^curl\//, 'curl'],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPad/, 'iOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

interface Program {
  browser: string | null;
  system: string | null;
}

/** Returns the program that a User-Agent header names. If the browser is unknown, it is the header itself. */
export function programOf(userAgent: string | null): Program {
  if (userAgent === null || userAgent === '') return { browser: null, system: null };
  const find = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
  const browser = find(BROWSERS);
  return browser === null
    ? { browser: userAgent.slice(0, 60), system: null }
    : { browser, system: find(SYSTEMS) };
}
