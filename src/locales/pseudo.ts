import type { CompiledMessage } from 'icu-minify/format';

type Node = Exclude<CompiledMessage, string>[number];

/** Changes the texts of a message, and marks where they begin and end. */
interface Pseudo {
  change: (text: string) => string;
  start: string;
  end: string;
}

const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ACCENTED = 'áƀçđéƒǧĥíĵķĺɱñóƥɋŕšţúṽŵẋýžÁƁÇĐÉƑǦĤÍĴĶĹṀÑÓƤɊŔŠŢÚṼŴẊÝŽ';
/** How much longer texts of other languages often are than English ones. */
const EXTRA = 0.35;

const accent = (text: string): string =>
  text.replaceAll(/[a-z]/gi, (letter) => ACCENTED[PLAIN.indexOf(letter)] ?? letter);

/** Adds vowels to the words of a text, so that lines still break between words. */
function lengthen(text: string): string {
  let missing = Math.ceil(text.replaceAll(/\P{L}/gu, '').length * EXTRA);
  return text.replaceAll(/\p{L}+/gu, (word) => {
    const added = Math.min(missing, Math.ceil(word.length * EXTRA));
    missing -= added;
    return word + (word.at(-1) ?? '').repeat(added);
  });
}

/** Right-to-left override and its end, between marks that give the text around it the same direction. */
const OVERRIDE = ['\u200f\u202e', '\u202c\u200f'] as const;

/** The languages for tests. A text that does not come from the catalog shows neither accents nor marks. */
export const PSEUDO: Record<'en-XA' | 'ar-XB', Pseudo> = {
  'en-XA': { change: (text) => lengthen(accent(text)), start: '⟦', end: '⟧' },
  'ar-XB': { change: (text) => text.replaceAll(/\S+(?: +\S+)*/g, OVERRIDE.join('$&')), start: '', end: '' },
};

/** The numbers of icu-minify for select, plural and selectordinal, whose third item has a message for each case. */
const CHOICES: readonly unknown[] = [1, 2, 3];
/** The number for number, the first of three for formatted arguments. */
const FIRST_FORMAT = 4;

const casesOf = (node: Node): Record<string, CompiledMessage> | null =>
  Array.isArray(node) && CHOICES.includes(node[1]) ? (node[2] as Record<string, CompiledMessage>) : null;

/** True for an element: its name and the nodes in it. */
const isTag = (node: Node): boolean =>
  Array.isArray(node) &&
  node.length > 1 &&
  !casesOf(node) &&
  !(typeof node[1] === 'number' && node[1] >= FIRST_FORMAT);

/** True if a part of a message is not one text in the page, because an element is in it. */
function hasTag(node: Node): boolean {
  const cases = casesOf(node);
  if (!cases) return isTag(node);
  return Object.values(cases).some((message) => Array.isArray(message) && message.some(hasTag));
}

function changed(node: Node, pseudo: Pseudo): Node {
  if (typeof node === 'string') return pseudo.change(node);
  const cases = casesOf(node);
  if (!cases || !Array.isArray(node)) return node;
  const each = Object.entries(cases).map(([name, message]) => [
    name,
    typeof message === 'string' ? pseudo.change(message) : message.map((inner) => changed(inner, pseudo)),
  ]);
  return [node[0], node[1], Object.fromEntries(each)] as Node;
}

/** Marks each run of nodes that becomes one text in the page. */
function markRuns(nodes: readonly Node[], pseudo: Pseudo): Node[] {
  const result: Node[] = [];
  let run: Node[] = [];
  const endRun = () => {
    if (run.length > 0) result.push(pseudo.start, ...run, pseudo.end);
    run = [];
  };
  for (const node of nodes) {
    if (hasTag(node)) {
      endRun();
      result.push(markInside(node, pseudo));
    } else {
      run.push(changed(node, pseudo));
    }
  }
  endRun();
  return result;
}

function markInside(node: Node, pseudo: Pseudo): Node {
  const cases = casesOf(node);
  if (!Array.isArray(node)) return node;
  if (!cases) return [node[0], ...markRuns(node.slice(1) as Node[], pseudo)] as Node;
  const each = Object.entries(cases).map(([name, message]) => [name, pseudoMessage(message, pseudo)]);
  return [node[0], node[1], Object.fromEntries(each)] as Node;
}

/** Returns a message in a language for tests. */
export function pseudoMessage(message: CompiledMessage, pseudo: Pseudo): CompiledMessage {
  if (typeof message === 'string') return `${pseudo.start}${pseudo.change(message)}${pseudo.end}`;
  return markRuns(message, pseudo);
}
