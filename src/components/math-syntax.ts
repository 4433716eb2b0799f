import type { CompileContext, Extension as FromMarkdown } from 'mdast-util-from-markdown';
import { mathFromMarkdown } from 'mdast-util-math';
import { math } from 'micromark-extension-math';
import type {
  Code,
  Construct,
  Effects,
  Extension,
  State,
  Token,
  TokenizeContext,
} from 'micromark-util-types';
import type { Processor } from 'unified';

/** The tokens of maths within a text. */
declare module 'micromark-util-types' {
  interface TokenTypeMap {
    maths: 'maths';
    mathsMark: 'mathsMark';
    mathsData: 'mathsData';
  }
}

const DOLLAR = 36;
const BACKSLASH = 92;
/** What opens maths after a backslash, and what closes it. */
const CLOSING = new Map([
  [40, 41],
  [91, 93],
]);

const isWordCharacter = (code: Code) =>
  code !== null && code > 0 && /[\p{L}\p{N}]/u.test(String.fromCharCode(code));
/** Negative codes are tabs and the ends of lines. */
const isSpace = (code: Code) => code === null || code < 0 || code === 32;
const isLineEnd = (code: Code) => code !== null && code < -2;

/**
 * Reads the content of maths up to a mark.
 * @param isMark true if a character may begin the mark at the end, given the one before.
 * @param atMark reads the mark. It gets the last character of the content.
 */
function content(
  effects: Effects,
  nok: State,
  isMark: (code: Code, before: Code) => boolean,
  atMark: (before: Code) => State,
): State {
  let before: Code = null;
  const between: State = (code) => {
    if (code === null) return nok(code);
    if (isMark(code, before)) return atMark(before)(code);
    if (!isLineEnd(code)) {
      effects.enter('mathsData');
      return data(code);
    }
    effects.enter('lineEnding');
    effects.consume(code);
    effects.exit('lineEnding');
    before = code;
    return between;
  };
  const data: State = (code) => {
    if (code === null || isLineEnd(code) || isMark(code, before)) {
      effects.exit('mathsData');
      return between(code);
    }
    // A backslash after a backslash escapes nothing.
    before = code === BACKSLASH && before === BACKSLASH ? null : code;
    effects.consume(code);
    return data;
  };
  return between;
}

/**
 * `$x$` and `$$x$$`. As in other programs, text with amounts of money is no maths: a single dollar opens it before a
 * character that is no space, and closes it after one, if no letter or digit follows.
 */
function tokenizeDollars(this: TokenizeContext, effects: Effects, ok: State, nok: State): State {
  let size = 0;
  let closing = 0;
  const isMark = (code: Code, before: Code) => code === DOLLAR && before !== BACKSLASH;
  const close =
    (before: Code): State =>
    (code) => {
      if (closing === 0) effects.enter('mathsMark');
      if (code === DOLLAR && closing < size) {
        closing += 1;
        effects.consume(code);
        return close(before);
      }
      if (closing < size || code === DOLLAR) return nok(code);
      if (size === 1 && (isSpace(before) || isWordCharacter(code))) return nok(code);
      effects.exit('mathsMark');
      effects.exit('maths');
      return ok(code);
    };
  const open: State = (code) => {
    if (code === DOLLAR && size < 3) {
      size += 1;
      effects.consume(code);
      return open;
    }
    if (size > 2 || (size === 1 && isSpace(code))) return nok(code);
    effects.exit('mathsMark');
    return content(effects, nok, isMark, close)(code);
  };
  return (code) => {
    effects.enter('maths');
    effects.enter('mathsMark');
    return open(code);
  };
}

/** `\(x\)` and `\[x\]`. */
function tokenizeBrackets(this: TokenizeContext, effects: Effects, ok: State, nok: State): State {
  let closing: Code = null;
  const isMark = (code: Code, before: Code) => code === BACKSLASH && before !== BACKSLASH;
  const inner = (): State => content(effects, nok, isMark, close);
  /** Another command, such as `\frac`, belongs to the content. Another opening mark ends the attempt. */
  const command: Construct = {
    tokenize: (own, found, not) => (code) => {
      own.consume(code);
      return (next) => (next === closing || next === null || CLOSING.has(next) ? not(next) : found(next));
    },
  };
  const close = (): State => (code) => {
    const isCommand: State = (first) => {
      effects.enter('mathsData');
      effects.consume(first);
      return (next) => {
        if (next === null || isLineEnd(next)) {
          effects.exit('mathsData');
          return inner()(next);
        }
        effects.consume(next);
        effects.exit('mathsData');
        return inner();
      };
    };
    const isEnd: State = (first) => {
      effects.enter('mathsMark');
      effects.consume(first);
      return (next) => {
        if (next !== closing) return nok(next);
        effects.consume(next);
        effects.exit('mathsMark');
        effects.exit('maths');
        return ok;
      };
    };
    return effects.check(command, isCommand, isEnd)(code);
  };
  return (code) => {
    effects.enter('maths');
    effects.enter('mathsMark');
    effects.consume(code);
    return (bracket) => {
      const end = bracket === null ? undefined : CLOSING.get(bracket);
      if (end === undefined) return nok(bracket);
      closing = end;
      effects.consume(bracket);
      effects.exit('mathsMark');
      return inner();
    };
  };
}

/** A dollar after a letter or a digit, as in `US$`, opens no maths. */
function mayOpen(this: TokenizeContext, previous: Code): boolean {
  const last = this.events.at(-1)?.[1].type;
  return !isWordCharacter(previous) && (previous !== DOLLAR || last === 'characterEscape');
}

const syntax: Extension = {
  flow: math().flow ?? {},
  text: {
    [DOLLAR]: { name: 'maths', tokenize: tokenizeDollars, previous: mayOpen },
    [BACKSLASH]: { name: 'maths', tokenize: tokenizeBrackets },
  },
};

function enterMaths(this: CompileContext, token: Token): void {
  this.enter({ type: 'inlineMath', value: '' }, token);
  this.buffer();
}

function exitMaths(this: CompileContext, token: Token): void {
  const value = this.resume();
  const node = this.stack.at(-1);
  const source = this.sliceSerialize(token);
  const isDisplay = source.startsWith('$$') || source.startsWith('\\[');
  if (node?.type === 'inlineMath') {
    node.value = value;
    node.data = {
      hName: 'code',
      hProperties: { className: [isDisplay ? 'math-display' : 'math-inline'] },
      hChildren: [{ type: 'text', value }],
    };
  }
  this.exit(token);
}

const tree: FromMarkdown = {
  enter: { maths: enterMaths },
  exit: {
    maths: exitMaths,
    mathsData(token) {
      this.config.enter['data']?.call(this, token);
      this.config.exit['data']?.call(this, token);
    },
  },
};

/** Lets Markdown have maths in TeX: between dollars, or between brackets after a backslash. */
export function remarkMaths(this: Processor): void {
  const data = this.data();
  (data.micromarkExtensions ??= []).push(syntax);
  (data.fromMarkdownExtensions ??= []).push(mathFromMarkdown(), tree);
}
