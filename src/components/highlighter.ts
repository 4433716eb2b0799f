import { createJavaScriptRegexEngine } from '@shikijs/engine-javascript';
import type { CodeToTokensBaseOptions, LanguageRegistration, ThemeRegistration } from '@shikijs/primitive';
import { codeToTokensBase, createShikiPrimitive, getLastGrammarState } from '@shikijs/primitive';

type Grammars = () => Promise<{ default: LanguageRegistration[] }>;

const javascript: Grammars = () => import('@shikijs/langs/javascript');
const typescript: Grammars = () => import('@shikijs/langs/typescript');
const tsx: Grammars = () => import('@shikijs/langs/tsx');
const python: Grammars = () => import('@shikijs/langs/python');
const shell: Grammars = () => import('@shikijs/langs/shellscript');
const yaml: Grammars = () => import('@shikijs/langs/yaml');
const csharp: Grammars = () => import('@shikijs/langs/csharp');

/** The languages that have colors, by the names that authors give. Each is loaded when it is first shown. */
const LANGUAGES = new Map<string, Grammars>(
  Object.entries({
    bash: shell,
    c: () => import('@shikijs/langs/c'),
    cpp: () => import('@shikijs/langs/cpp'),
    cs: csharp,
    csharp,
    css: () => import('@shikijs/langs/css'),
    diff: () => import('@shikijs/langs/diff'),
    dockerfile: () => import('@shikijs/langs/docker'),
    go: () => import('@shikijs/langs/go'),
    html: () => import('@shikijs/langs/html'),
    java: () => import('@shikijs/langs/java'),
    javascript,
    js: javascript,
    json: () => import('@shikijs/langs/json'),
    jsx: tsx,
    kotlin: () => import('@shikijs/langs/kotlin'),
    php: () => import('@shikijs/langs/php'),
    py: python,
    python,
    rs: () => import('@shikijs/langs/rust'),
    ruby: () => import('@shikijs/langs/ruby'),
    rust: () => import('@shikijs/langs/rust'),
    sh: shell,
    shell,
    sql: () => import('@shikijs/langs/sql'),
    swift: () => import('@shikijs/langs/swift'),
    toml: () => import('@shikijs/langs/toml'),
    ts: typescript,
    tsx,
    typescript,
    xml: () => import('@shikijs/langs/xml'),
    yaml,
    yml: yaml,
    zsh: shell,
  }),
);

/** The kinds of text that have a color, with the scopes of TextMate grammars. A later kind takes precedence. */
const SCOPES = {
  comment: ['comment'],
  string: ['string', 'markup.inserted'],
  number: ['constant.numeric', 'constant.language', 'constant.character', 'support.constant'],
  keyword: ['keyword', 'storage', 'variable.language', 'markup.deleted'],
  function: [
    'entity.name.function',
    'support.function',
    'entity.other.attribute-name',
    'support.type.property-name',
  ],
  type: [
    'entity.name.type',
    'entity.name.class',
    'support.class',
    'support.type.primitive',
    'entity.name.tag',
  ],
};
export type Kind = keyof typeof SCOPES;
const KINDS: Kind[] = ['comment', 'string', 'number', 'keyword', 'function', 'type'];

/** A theme whose colors stand for the kinds. */
const colorOf = (index: number) => `#00000${index + 1}`;
const theme: ThemeRegistration = {
  name: 'kinds',
  type: 'light',
  fg: '#000000',
  bg: '#ffffff',
  settings: [
    ...KINDS.map((kind, index) => ({ scope: SCOPES[kind], settings: { foreground: colorOf(index) } })),
    { scope: ['keyword.operator', 'punctuation'], settings: { foreground: '#000000' } },
    { scope: ['punctuation.definition.comment'], settings: { foreground: colorOf(0) } },
    { scope: ['punctuation.definition.string'], settings: { foreground: colorOf(1) } },
  ],
};
const kinds = new Map(KINDS.map((kind, index) => [colorOf(index), kind]));

const shiki = createShikiPrimitive({
  engine: createJavaScriptRegexEngine({ forgiving: true }),
  langs: [],
  themes: [theme],
});

/** A part of a code that has a color. */
export interface Colored {
  kind: Kind;
  start: number;
  end: number;
}

/** The number of lines that are read at once. */
const LINES = 20;
/**
 * A line with more characters has no colors, so that no line takes long. The first line also compiles the grammar, for
 * which a slow device needs more than Shiki's default of 500 ms.
 */
const LIMITS = { tokenizeMaxLineLength: 2_000, tokenizeTimeLimit: 5_000 };

/**
 * Yields the parts of a code that have a color, some lines at a time.
 * @param language the name that the author gave. If it is not known, there are no colors.
 */
export async function* colorsOf(code: string, language: string): AsyncGenerator<Colored[], void, void> {
  const grammars = await LANGUAGES.get(language.toLowerCase())?.();
  const lang = grammars?.default.at(-1)?.name;
  if (!grammars || lang === undefined) return;
  shiki.loadLanguageSync(...grammars.default);
  const lines = code.split('\n');
  let state: CodeToTokensBaseOptions['grammarState'];
  let offset = 0;
  for (let first = 0; first < lines.length; first += LINES) {
    const text = lines.slice(first, first + LINES).join('\n');
    const tokens = codeToTokensBase(shiki, text, {
      lang,
      theme: theme.name ?? '',
      ...LIMITS,
      ...(state && { grammarState: state }),
    });
    state = getLastGrammarState(shiki, tokens);
    const start = offset;
    yield tokens.flat().flatMap((token) => {
      const kind = kinds.get(token.color?.toLowerCase() ?? '');
      const from = start + token.offset;
      return kind ? [{ kind, start: from, end: from + token.content.length }] : [];
    });
    offset += text.length + 1;
  }
}
