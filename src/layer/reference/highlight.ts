import { escape, Html } from './html.ts';

/** The tokens of a language: the first alternative that matches gives its name to the text. */
interface Grammar {
  pattern: RegExp;
  /** The names of the groups of the pattern. */
  names: readonly string[];
}

const STRING = `"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)*'`;
const NUMBER = `-?\\b\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?\\b`;

const JSON_TOKENS: Grammar = {
  pattern: new RegExp(
    `("(?:[^"\\\\\\n]|\\\\.)*"(?=\\s*:))|(${STRING})|(${NUMBER}|\\b(?:true|false|null)\\b)`,
    'g',
  ),
  names: ['key', 'string', 'value'],
};
const CODE_WORDS =
  'as|async|await|catch|class|const|else|export|extends|finally|for|from|function|if|import|in|interface|let|new|null|' +
  'of|return|throw|true|false|try|type|typeof|undefined|while|def|with|print|None|True|False|not|raise|except';
const CODE: Grammar = {
  pattern: new RegExp(
    `(//[^\\n]*|/\\*[^]*?\\*/)|(${STRING}|\`(?:[^\`\\\\]|\\\\.)*\`)|(\\b(?:${CODE_WORDS})\\b)|(${NUMBER})`,
    'g',
  ),
  names: ['comment', 'string', 'word', 'value'],
};
const SHELL: Grammar = {
  pattern: new RegExp(`((?:^|(?<=\\s))#[^\\n]*)|(${STRING})|((?<=\\s)--?[a-zA-Z][\\w-]*)`, 'g'),
  names: ['comment', 'string', 'word'],
};
const PYTHON: Grammar = {
  pattern: new RegExp(`(#[^\\n]*)|(${STRING})|(\\b(?:${CODE_WORDS})\\b)|(${NUMBER})`, 'g'),
  names: ['comment', 'string', 'word', 'value'],
};

const GRAMMARS: Readonly<Record<string, Grammar>> = {
  json: JSON_TOKENS,
  ...Object.fromEntries(['ts', 'tsx', 'js', 'mjs', 'typescript', 'javascript'].map((name) => [name, CODE])),
  ...Object.fromEntries(['sh', 'bash', 'shell'].map((name) => [name, SHELL])),
  python: PYTHON,
};

/** Longer code is not highlighted. */
const MAX_LENGTH = 20_000;

/** Returns code with its strings, numbers, words and comments marked, if the language is known. */
export function highlight(code: string, language: string): Html {
  const grammar = GRAMMARS[language];
  if (!grammar || code.length > MAX_LENGTH) return new Html(escape(code));
  let text = '';
  let end = 0;
  for (const match of code.matchAll(grammar.pattern)) {
    const groups: readonly (string | undefined)[] = match.slice(1);
    const group = groups.findIndex((part) => part !== undefined);
    const token = `<span class="t-${grammar.names[group] ?? ''}">${escape(match[0])}</span>`;
    text += escape(code.slice(end, match.index)) + token;
    end = match.index + match[0].length;
  }
  return new Html(text + escape(code.slice(end)));
}
