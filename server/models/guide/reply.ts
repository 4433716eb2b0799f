import { answerFrom, foundIn, joined, procedureLine, settingLine } from './answer.ts';
import { type Entry, type GuideSource, readEntries } from './entries.ts';
import { excerpt } from './markdown.ts';
import { pathOfLink, referenceTo } from './places.ts';
import { createSearch, type Hit, type Search } from './search.ts';
import { wordsOf } from './words.ts';

/** A question and the exchange before it. */
export interface Conversation {
  question: string;
  /** The names of the files of the question. */
  files?: string[];
  previous?: { question: string; answer: string };
}

const GREETING =
  /^(hi|hello|hey|howdy|hallo|greetings|good (morning|afternoon|evening|day))[\s,]*(there|all|again|guide)?\W*$/i;
const THANKS =
  /^(thanks|thank you|thx|cheers|great|perfect|nice|ok|okay)[\s,!.]*(thanks|thank you|a lot|so much|very much)?\W*$/i;
const ABOUT_ITSELF =
  /^(help|what can (you (do|answer)|i ask).*|(who|what) are you|are you (an? )?(ai|bot|human|llm|language model))\W*$/i;
const REFERS_BACK =
  /^(and|but|so|also|then|what about|how about|why)\b|\b(it|its|that|this|them|those|these|one|more|else)\b/i;

const ASKS_FOR_LIST = /\b(list|all|which|what|show|available|every)\b/i;
const PROCEDURES = /\b(procedures|endpoints|routes|operations|paths|calls)\b/i;
const SETTINGS = /\b(settings|variables|options)\b/i;
/** Words that do not narrow a question for a list. */
const LIST_WORDS = new Set(
  wordsOf(
    'list show see procedure endpoint route operation rest rpc api path call setting environment env variable option',
  ),
);

const MAX_FOLLOW_UP_WORDS = 3;
const MAX_TOPICS = 10;
const INTRODUCTION_LIMIT = 600;

/** Reads and indexes the sources, and returns a function that answers a question in Markdown. */
export async function createReply(source: GuideSource): Promise<(conversation: Conversation) => string> {
  const entries = await readEntries(source);
  const search = createSearch(entries);
  const abilities = describeAbilities(entries, source);
  const missing = missingDocumentation(entries);

  function paragraphsFor(conversation: Conversation): (string | undefined)[] {
    const { question, previous } = conversation;
    if (GREETING.test(question)) return ['Hello!', abilities];
    if (THANKS.test(question)) return ['You are welcome.', abilities];
    if (ABOUT_ITSELF.test(question)) return ['I am the guide to this installation.', abilities];
    const list = listFor(question, source, search);
    if (list) return [list];
    if (wordsOf(question).length === 0 && !previous) return [introduction(entries), abilities];
    const [best, ...others] = find(search, conversation);
    if (best) return answerFrom([best, ...others]);
    return ['I found nothing about that.', abilities];
  }

  return (conversation) => {
    const { question, files = [], previous } = conversation;
    const isFirst = previous === undefined;
    if (files.length === 0) return joined([...paragraphsFor(conversation), missing], isFirst);
    const answer = wordsOf(question).length > 0 ? paragraphsFor(conversation) : [];
    return joined([unreadable(files), ...answer, missing], isFirst);
  };
}

/** Says that the guide cannot read files, and who can. */
function unreadable(files: readonly string[]): string {
  const names = files.map((name) => `\`${name.replaceAll('`', '')}\``).join(', ');
  return `I cannot read files: ${names}. Choose a language model and regenerate this answer.`;
}

/** Returns a notice for a deployment without `docs/`, because its guide finds less than the README promises. */
function missingDocumentation(entries: readonly Entry[]): string | undefined {
  const files = new Set(entries.flatMap((entry) => (entry.kind === 'section' ? [entry.section.file] : [])));
  if ([...files].some((file) => file.startsWith('docs/'))) return undefined;
  const kept = files.size > 0 ? `, only ${[...files].map((file) => `\`${file}\``).join(' and ')}` : '';
  return (
    `This deployment has no documentation in \`docs/\` that I can read${kept}. To have me search it, copy ` +
    '`README.md`, `CONTRIBUTING.md` and `docs/` into the folder of the server, and restart.'
  );
}

/** Returns the relevant hits. A short question that refers back is searched together with the previous one. */
function find(search: Search, { question, previous }: Conversation): Hit[] {
  if (!previous || !refersBack(question)) return search(question).filter(fits);
  const asksForMore = wordsOf(question).length === 0;
  return search(question, previous.question).filter(
    (hit) => fits(hit) && (asksForMore || hit.questionCoverage > 0) && !wasQuoted(hit, previous.answer),
  );
}

function wasQuoted({ entry }: Hit, answer: string): boolean {
  return answer.includes(foundIn(entry).slice(0, -1));
}

function refersBack(question: string): boolean {
  const count = wordsOf(question).length;
  return count === 0 || (count <= MAX_FOLLOW_UP_WORDS && REFERS_BACK.test(question));
}

/** Returns true if a hit is relevant. One word of many is not enough, unless it is the topic of the entry. */
function fits({ coverage, titleCoverage }: Hit): boolean {
  return coverage > 0.5 || (titleCoverage === 1 && coverage >= 0.25);
}

/** Returns the answer to "which procedures (of …) are there?", and the same for settings. */
function listFor(
  question: string,
  { procedures, settings }: GuideSource,
  search: Search,
): string | undefined {
  if (!ASKS_FOR_LIST.test(question)) return undefined;
  const special = wordsOf(question).filter((word) => !LIST_WORDS.has(word));
  if (SETTINGS.test(question) && special.length === 0) {
    const lines = settings.map(settingLine).join('\n');
    return `There are ${settings.length} settings, all of them environment variables:\n\n${lines}`;
  }
  if (!PROCEDURES.test(question)) return undefined;
  if (special.length === 0) {
    return `There are ${procedures.length} procedures:\n\n${procedures.map(procedureLine).join('\n')}`;
  }
  const hits = search(special.join(' ')).filter(fits);
  const lines = hits.flatMap(({ entry }) =>
    entry.kind === 'procedure' ? [procedureLine(entry.procedure)] : [],
  );
  return lines.length > 0 ? `These procedures may match:\n\n${lines.join('\n')}` : undefined;
}

function introduction(entries: readonly Entry[]): string | undefined {
  const first = entries.find((entry) => entry.kind === 'section' && entry.text !== '');
  if (first?.kind !== 'section') return undefined;
  const { file } = first.section;
  const { text } = excerpt(first.text, INTRODUCTION_LIMIT, (target) => pathOfLink(target, file));
  return `**${first.title}**\n\n${text}\n\n${foundIn(first)}`;
}

function describeAbilities(entries: readonly Entry[], { procedures, settings }: GuideSource): string {
  const topics = entries.flatMap((entry) =>
    entry.kind === 'section' && entry.section.level === 2 ? [`  - ${referenceTo(entry)}`] : [],
  );
  const more = topics.length > MAX_TOPICS ? [`  - and ${topics.length - MAX_TOPICS} more`] : [];
  return [
    'I can answer questions about:',
    [
      `- its ${procedures.length} procedures and their REST paths: “Which procedures are there?”`,
      `- its ${settings.length} settings: “Which settings are there?”`,
      ...(topics.length > 0 ? ['- the documentation:', ...topics.slice(0, MAX_TOPICS), ...more] : []),
    ].join('\n'),
  ].join('\n\n');
}
