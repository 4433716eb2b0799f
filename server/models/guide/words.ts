import { PRODUCT } from '#contract/product';

/** Words that do not tell what a question is about. */
const STOP_WORDS = new Set(
  `a about actually after all also am an and any anyone anything are as at available be been best but by came
  can could describe did do does doing done each else every example examples explain find for from get gets
  getting give go going got had happen happened happens has have hello help here hi how i if in instead into
  is it its just know let like look may me mean might mine more my need new no not now of off on one or
  other our out own please possible really same shall should so some someone something still such tell than thank thanks that the their them then there these they thing things this those to
  too understand up use used uses using very want was way we were what when where whether which while who
  why will with within without work working works would you your yours ${PRODUCT.name.toLowerCase()}`.split(
    /\s+/,
  ),
);

/** Verbs, which tell less about a question than its nouns. */
const VERBS = [
  'add create define implement make write',
  'delete erase remove',
  'browse list see show view',
  'change edit modify patch rename replace update',
  'begin boot launch run serve start',
  'install installation setup',
];

/** Synonyms, one group per line, including the verbs. A word finds the others of its group with less weight. */
const SYNONYMS = [
  ...VERBS,
  'call capability endpoint function operation procedure route rpc',
  'config configuration configure env environment setting variable',
  'credential key secret token',
  'auth authenticate authentication login signin',
  'register registration signup',
  'logout signout',
  'account member people profile user',
  'chat conversation thread',
  'ai anthropic claude gemini google gpt llm lmstudio model ollama openai openrouter provider vllm',
  'data database db pglite postgres postgresql sql storage store',
  'deploy deployment docker host hosting production ship',
  'jest spec test testing',
  'broken error fail failure problem wrong',
  'live realtime sse stream streaming subscription',
  'api curl http rest',
  'document openapi schema swagger',
  'abort cancel stop',
  'admin administrator permission role',
  'ban block suspend',
  'contribute contributing contribution pr',
  'architecture code design folder layout source structure',
  'limit quota rate throttle',
  'licence license mit',
  'backup download export',
  'component frontend hook react',
  'again regenerate retry',
  'command npm script',
  'document documentation docs readme',
  'history message messages',
  'cookie session',
  'protect safe secure security',
];

/** Words that can be written in two words, in one, or with a hyphen. */
const COMPOUNDS: [RegExp, string][] = [
  [/\b(sign|log)(?:g?ed|g?ing)?[\s-]?(?:in|on)(?:to)?\b/gi, 'signin'],
  [/\bsign[\s-]?up\b/gi, 'signup'],
  [/\b(sign|log)[\s-]?out\b/gi, 'signout'],
  [/\b(set|setting)[\s-]up\b/gi, 'setup'],
];

const synonyms = new Map<string, Set<string>>();
for (const group of SYNONYMS.map((line) => line.split(' ').map(stem))) {
  for (const word of group) {
    const others = synonyms.get(word) ?? new Set();
    for (const other of group) if (other !== word) others.add(other);
    synonyms.set(word, others);
  }
}

const verbs = new Set(VERBS.flatMap((line) => line.split(' ')).map(stem));

/** Returns the weight of a stem in the relevance of a hit: 0.5 for verbs, 1 for other words. */
export function weightOf(word: string): number {
  return verbs.has(word) ? 0.5 : 1;
}

/** Returns the stems of the synonyms of a stem. */
export function synonymsOf(word: string): ReadonlySet<string> {
  return synonyms.get(word) ?? new Set();
}

/**
 * Returns the significant words of a text as stems, in order and with repetitions. Names such as `AI_BASE_URL` and
 * `providerKeys` are split into their parts.
 */
export function wordsOf(text: string): string[] {
  const joined = COMPOUNDS.reduce((result, [pattern, word]) => result.replaceAll(pattern, word), text);
  return (joined.match(/[\p{L}\p{N}_]+/gu) ?? [])
    .flatMap((name) => name.split(/_+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u))
    .map((word) => word.toLowerCase())
    .filter((word) => word !== '' && !STOP_WORDS.has(word))
    .map(stem);
}

/** Removes the inflectional ending of an English word: adding, added and adds become add. */
function stem(word: string): string {
  if (word.length < 4 || !/^[a-z]+$/.test(word)) return word;
  const singular = word.replace(/ies$/, 'y').replace(/(?<=[^sui])s$/, '');
  // "set" is a different word.
  if (singular === 'setting') return singular;
  const root = singular.replace(/(?<=[a-z]{3})(?:ing|ed)$/, '').replace(/(?<=[a-z]{2})e$/, '');
  return root.length > 3 ? root.replace(/([bdglmnprt])\1$/, '$1') : root;
}
