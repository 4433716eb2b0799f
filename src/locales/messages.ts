import type { CompiledMessage } from 'icu-minify/format';
import type { Messages } from 'use-intl/core';
import type { Language } from './languages.ts';
import { PSEUDO, pseudoMessage } from './pseudo.ts';

/** A part of the catalog: the texts of one area of the pages. */
export type Namespace = keyof Messages;

interface Texts {
  [key: string]: string | Texts;
}

interface Compiled {
  [key: string]: CompiledMessage | Compiled;
}

type Compile = (message: string) => CompiledMessage;

const isPseudo = (language: Language): language is keyof typeof PSEUDO => language in PSEUDO;

/**
 * Returns the catalog of a language. Texts of errors that only show the detail of the server are left out: pages use the
 * one for all others then (`src/client/use-error-messages.ts`).
 */
async function textsIn(language: Language): Promise<Record<Namespace, Texts>> {
  const catalog =
    language === 'de' ? (await import('./de/index.ts')).german : (await import('./en/index.ts')).english;
  const { code, ...errors } = catalog.errors;
  const own = Object.entries<string>(code).filter(([, text]) => text !== errors.detail);
  return { ...catalog, errors: { ...errors, code: Object.fromEntries(own) } };
}

/** Returns a function that compiles messages of a language. The parser is loaded with the first page. */
async function compilerFor(language: Language): Promise<Compile> {
  const { default: compile } = await import('icu-minify/compile');
  return isPseudo(language) ? (message) => pseudoMessage(compile(message), PSEUDO[language]) : compile;
}

const compileAll = (texts: Texts, compile: Compile): Compiled =>
  Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [
      key,
      typeof text === 'string' ? compile(text) : compileAll(text, compile),
    ]),
  );

const compiled = new Map<string, Promise<Compiled>>();

/** Returns a part of the catalog, which is compiled once per process. */
function compiledTexts(language: Language, namespace: Namespace): Promise<Compiled> {
  const key = `${language}/${namespace}`;
  const known = compiled.get(key);
  if (known) return known;
  const made = Promise.all([textsIn(language), compilerFor(language)]).then(([texts, compile]) =>
    // The compiler creates objects without a prototype, which React does not send to the browser.
    structuredClone(compileAll(texts[namespace], compile)),
  );
  compiled.set(key, made);
  return made;
}

/**
 * Returns parts of the catalog in a language. The type is that of the English texts, from which keys and arguments are
 * inferred, while the values are compiled messages.
 */
export async function messagesIn(
  language: Language,
  namespaces: readonly Namespace[],
): Promise<Partial<Messages>> {
  const parts = await Promise.all(
    namespaces.map(async (namespace) => [namespace, await compiledTexts(language, namespace)] as const),
  );
  return Object.fromEntries(parts);
}
