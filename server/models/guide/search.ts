import MiniSearch from 'minisearch';
import type { Entry } from './entries.ts';
import { synonymsOf, weightOf, wordsOf } from './words.ts';

/** An entry that matches a search. */
export interface Hit {
  entry: Entry;
  /** Higher is better. Ranks of different searches cannot be compared. */
  rank: number;
  /** The share of the words of question and background that it contains, 0 to 1. Synonyms count. */
  coverage: number;
  /** The same for the words of the question alone. */
  questionCoverage: number;
  /** The share of the title's words that the question contains, 0 to 1. Synonyms count. */
  titleCoverage: number;
}

/** Finds entries. `background` is the previous question, if a short question refers to it. Its words weigh less. */
export type Search = (question: string, background?: string) => Hit[];

const FIELD_WEIGHTS = { title: 5, context: 1.5, text: 1 };
const SYNONYM_WEIGHT = 0.4;
const BACKGROUND_WEIGHT = 0.6;
/** Procedures and settings are single lines, which length-normalized scoring favors too much over sections. */
const KIND_WEIGHTS = { section: 1, procedure: 0.75, setting: 0.75 };
/** Decisions explain reasons, and are seldom relevant for other questions. */
const DECISION_WEIGHT = 0.35;
const ASKS_WHY = /\b(why|reasons?|decisions?|decided)\b/i;
const NAMED_WEIGHT = 4;

/**
 * Indexes entries for a search by words. It also finds word prefixes, small typos and synonyms, and returns the best
 * first.
 */
export function createSearch(entries: readonly Entry[]): Search {
  const index = new MiniSearch<Entry & { id: number }>({
    fields: Object.keys(FIELD_WEIGHTS),
    tokenize: wordsOf,
    processTerm: (term) => term,
  });
  index.addAll(entries.map((entry, id) => ({ ...entry, id })));

  return (question, background = '') => {
    const asked = new Set(wordsOf(question));
    const words = new Set([...asked, ...wordsOf(background)]);
    const terms = new Set([...words, ...[...words].flatMap((word) => [...synonymsOf(word)])]);
    const weight = (term: string) => {
      const relation = words.has(term) ? BACKGROUND_WEIGHT : SYNONYM_WEIGHT;
      return weightOf(term) * (asked.has(term) ? 1 : relation);
    };
    // "How do I start?" asks for an explanation, not for procedures that start something.
    const hasOnlyVerbs = [...words].every((word) => weightOf(word) < 1);
    const results = index.search([...terms].join(' '), {
      tokenize: () => [...terms],
      boost: FIELD_WEIGHTS,
      boostTerm: weight,
      prefix: (term) => words.has(term) && term.length >= 4,
      fuzzy: (term) => words.has(term) && term.length >= 5 && 0.2,
    });
    return results
      .flatMap(({ id, score, queryTerms }): Hit[] => {
        const entry = entries[Number(id)];
        if (!entry || (hasOnlyVerbs && entry.kind !== 'section')) return [];
        const found = new Set(queryTerms);
        const coverage = share(words, found);
        const titleCoverage = share(new Set(wordsOf(entry.title)), words);
        const named = isNamed(entry, question) ? NAMED_WEIGHT : 1;
        const fit = (0.4 + 0.6 * coverage) * (1 + titleCoverage) * kindWeight(entry, question) * named;
        return [{ entry, rank: score * fit, coverage, questionCoverage: share(asked, found), titleCoverage }];
      })
      .sort((a, b) => b.rank - a.rank);
  };
}

function kindWeight(entry: Entry, question: string): number {
  const isDecision = entry.kind === 'section' && entry.section.file.startsWith('docs/decisions/');
  return KIND_WEIGHTS[entry.kind] * (isDecision && !ASKS_WHY.test(question) ? DECISION_WEIGHT : 1);
}

/** Returns the share of `words`, by weight, that `among` contains, literally or as synonyms. */
function share(words: ReadonlySet<string>, among: ReadonlySet<string>): number {
  let total = 0;
  let found = 0;
  for (const word of words) {
    total += weightOf(word);
    if ([word, ...synonymsOf(word)].some((term) => among.has(term))) found += weightOf(word);
  }
  return total === 0 ? 0 : found / total;
}

/** Returns true if the question contains the exact name of the entry, such as `chat.send` or `AI_MODEL`. */
function isNamed(entry: Entry, question: string): boolean {
  if (entry.kind === 'section') return false;
  const { name } = entry.kind === 'procedure' ? entry.procedure : entry.setting;
  return question.split(/[^\w.]+/).some((word) => word.replace(/\.$/, '') === name);
}
