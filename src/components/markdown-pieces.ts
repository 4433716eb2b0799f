/** A part of a text that is rendered by itself. */
export interface Piece {
  /** How it is shown: parsed as Markdown, as one block of code, or as it was written, because parsing it costs too much. */
  kind: 'markdown' | 'code' | 'plain';
  text: string;
}

/** A text in pieces. */
export interface Pieces {
  pieces: Piece[];
  /** What is beyond the budget, as it was written; `''` when nothing is. */
  rest: string;
  /** What the pieces cost together. */
  cost: number;
}

/*
 * Costs are in characters of ordinary prose: a character costs 1, and what a parser and a page have more work with costs
 * more. The numbers were found by measuring.
 */
/** What one message may cost: 100 KB of ordinary prose, code and tables are less. */
export const MESSAGE_COST = 200_000;
/** What a piece costs when another one is begun at the next chance. */
const PIECE_COST = 6_000;
/** What a piece may cost; parsing it holds up others for as long as this much prose. */
const MAX_PIECE_COST = 16_000;
/** What the head of a table may cost that is repeated in each piece of the table. */
const MAX_HEAD_COST = PIECE_COST / 4;
/** A character that is shown as it is. */
const TEXT = 0.2;
const MARK = 6;
const CELL = 15;
const LINE = 2;
const BLOCK = 35;
/** A table, or a block of code with its button. */
const FRAME = 150;
/** How deep quotes and lists may nest. */
const MAX_DEPTH = 16;
/** How far a line outside of code may be indented: as far as a list that deep needs. */
const MAX_INDENT = 4 * MAX_DEPTH;

/** Every pattern takes time linear in its line. */
const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const CONTAINER = /[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]))/y;
const ITEM = /^ ?(?:(\d{1,9})([.)])|([-+*]))(?:[ \t]|$)/;
const DELIMITERS = /^[ \t:|-]+$/;
const ROW = /^ {0,3}\|/;
const BEGINS_BLOCK = /^[ \t]*(?:#|[-+*>=]|\d{1,9}[.)])/;
const MARKS = /[*_~[\]`<&\\!@]|www\.|https?:/g;
const DEFINITION = /^ {0,3}\[(\^?[^[\]]{1,200})\]:/;
const REFERENCE = /\[(\^?[^[\]]{1,200})\]/g;

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

/** What a line costs outside of code. @param columns those of the table that it is in, for each row is filled up to them. */
const costOf = (line: string, columns: number) =>
  line.length +
  LINE +
  MARK * count(line, MARKS) +
  CELL * Math.max(count(line, /\|/g), columns) +
  (BEGINS_BLOCK.test(line) ? BLOCK : 0);

/** How many cells a row has. */
const columnsOf = (row: string) => count(row.trim().replace(/^\||\|$/g, ''), /(?<!\\)\|/g) + 1;

/** Whether lines are the first row of a table and the one that says how its columns are aligned. */
function isTableHead(lines: string): boolean {
  const [names = '', delimiters = '', ...more] = lines.trimEnd().split('\n');
  return (
    more.length === 0 && ROW.test(names) && ROW.test(delimiters) && columnsOf(names) === columnsOf(delimiters)
  );
}

/** Whether quotes and lists nest too deep in a line. */
function isTooDeep(line: string): boolean {
  const indent = /^[ \t]*/.exec(line)?.[0] ?? '';
  if (indent.replaceAll('\t', '    ').length > MAX_INDENT) return true;
  CONTAINER.lastIndex = 0;
  let depth = 0;
  while (depth <= MAX_DEPTH && CONTAINER.test(line)) depth++;
  return depth > MAX_DEPTH;
}

/** Lines that are parsed together. */
interface Block {
  start: number;
  end: number;
  cost: number;
  isCode: boolean;
  isTooDeep: boolean;
  /** If it is the rest of an ordered list: the number of its first item. */
  number?: number;
  /** If it is the rest of a table: the rows that begin the table. */
  head?: string;
}

interface List {
  marker: string;
  /** The number of its first item. */
  first: number;
  items: number;
}

interface Table {
  head: string;
  cost: number;
}

/**
 * Cuts a text where Markdown can be cut without another meaning: between the blocks of its first level, a long list
 * between its items, and a long table between its rows, with the head repeated. It looks at each line once and knows no
 * more of Markdown than it needs for that.
 */
function* blocksOf(markdown: string): Generator<Block, void, void> {
  const blockAt = (start: number): Block => ({ start, end: start, cost: 0, isCode: false, isTooDeep: false });
  let block = blockAt(0);
  let fence: string | null = null;
  let columns = 0;
  let afterBlank = true;
  /** The list that the block is, where it is one. */
  let list: List | null = null;
  /** The head of the table that the block is, and its cost. */
  let table: Table | null = null;

  function* begin(start: number) {
    if (block.end > block.start) yield block;
    block = blockAt(start);
    columns = 0;
    table = null;
  }

  for (let start = 0; start < markdown.length;) {
    const newline = markdown.indexOf('\n', start);
    const end = newline < 0 ? markdown.length : newline + 1;
    const line = markdown.slice(start, newline < 0 ? end : newline);
    const isBlank = line.trim() === '';
    const opening: string | undefined = fence === null ? FENCE.exec(line)?.[1] : undefined;
    if (fence !== null) {
      block.cost += TEXT * line.length;
      const closing = FENCE.exec(line)?.[1];
      if (closing?.startsWith(fence) && line.trim() === closing) fence = null;
    } else {
      const item = ITEM.exec(line);
      const marker = item?.[2] ?? item?.[3];
      const continues: boolean = marker !== undefined && list?.marker === marker;
      if (opening !== undefined && /^\S/.test(line)) {
        yield* begin(start);
        list = null;
        block.isCode = true;
      } else if (block.isCode || (afterBlank && /^\S/.test(line) && !continues)) {
        yield* begin(start);
        list = null;
      } else if (list && continues && block.cost > PIECE_COST) {
        yield* begin(start);
        block.number = list.first + list.items;
      } else if (table && block.cost > PIECE_COST && ROW.test(line)) {
        const same: Table = table;
        const width = columns;
        yield* begin(start);
        Object.assign(block, same);
        table = same;
        columns = width;
      }
      if (marker !== undefined && (continues || block.end === block.start)) {
        list ??= { marker, first: Number(item?.[1] ?? 0), items: 0 };
        list.items++;
      }
      if (DELIMITERS.test(line) && line.includes('|')) {
        columns = columnsOf(line);
        block.cost += FRAME + costOf(line, columns);
        const head = markdown.slice(block.start, end);
        if (block.cost < MAX_HEAD_COST && isTableHead(head)) table = { head, cost: block.cost };
      } else {
        if (isBlank) columns = 0;
        if (!ROW.test(line)) table = null;
        block.cost += costOf(line, columns);
      }
      block.isTooDeep ||= isTooDeep(line);
      if (opening !== undefined) {
        fence = opening;
        block.cost += FRAME;
      }
    }
    afterBlank = isBlank && fence === null;
    block.end = end;
    start = end;
  }
  yield* begin(markdown.length);
}

/** The link targets and footnotes of a text by their labels: pieces that name them need them, wherever they stand. */
function definitionsOf(markdown: string): Map<string, string> {
  const definitions = new Map<string, string>();
  if (!markdown.includes(']:')) return definitions;
  for (const { start, end, isCode } of blocksOf(markdown)) {
    if (isCode || !DEFINITION.test(markdown.slice(start, Math.min(end, start + 250)))) continue;
    let open: string | null = null;
    for (const line of markdown.slice(start, end).split('\n')) {
      const label = DEFINITION.exec(line)?.[1]?.toLowerCase();
      if (label !== undefined) {
        open = label.startsWith('^') && !definitions.has(label) ? label : null;
        if (!definitions.has(label)) definitions.set(label, line);
      } else if (open !== null) definitions.set(open, `${definitions.get(open) ?? ''}\n${line}`);
    }
  }
  return definitions;
}

/** The definitions that a piece names, as far as PIECE_COST goes. */
function definitionsFor(text: string, definitions: Map<string, string>): { text: string; cost: number } {
  if (definitions.size === 0) return { text: '', cost: 0 };
  let cost = 0;
  let found = '';
  const labels = new Set(Array.from(text.matchAll(REFERENCE), ([, label = '']) => label.toLowerCase()));
  for (const label of labels) {
    const definition = definitions.get(label);
    if (definition === undefined || text.includes(definition)) continue;
    cost += costOf(definition, 0);
    if (cost > PIECE_COST) break;
    found += `\n\n${definition}`;
  }
  return { text: found, cost };
}

/** A block as it is parsed: the rest of a list with its number, the rest of a table with its head. */
const sourceOf = (text: string, { number, head = '' }: Block) =>
  head + (number === undefined ? text : text.replace(/\d{1,9}(?=[.)])/y, String(number)));

/** A block of code without its fences. */
function codeOf(text: string): string {
  const [opening = '', ...lines] = text.trimEnd().split('\n');
  const fence = FENCE.exec(opening)?.[1] ?? '';
  if (lines.at(-1)?.trimStart().startsWith(fence)) lines.pop();
  return `${lines.join('\n')}\n`;
}

/**
 * Cuts a text into pieces that are each parsed in a short time, and all of them in the time that `budget` characters of
 * ordinary prose take, whatever the text is. Takes time linear in the budget, or in the text where it has definitions.
 */
export function piecesOf(markdown: string, budget = MESSAGE_COST): Pieces {
  const definitions = definitionsOf(markdown);
  const pieces: Piece[] = [];
  let total = 0;
  let open: { text: string; cost: number; start: number } | null = null;
  let restAt = markdown.length;

  /** @returns whether there was room for it. */
  const add = (piece: Piece, cost: number, start: number): boolean => {
    if (total + cost > budget) {
      restAt = start;
      return false;
    }
    total += cost;
    pieces.push(piece);
    return true;
  };
  const flush = (): boolean => {
    if (!open) return true;
    const { text, cost, start } = open;
    open = null;
    const more = definitionsFor(text, definitions);
    return add({ kind: 'markdown', text: text + more.text }, cost + more.cost, start);
  };

  for (const block of blocksOf(markdown)) {
    const text = markdown.slice(block.start, block.end);
    const isLongCode = block.isCode && block.cost > PIECE_COST;
    if (isLongCode || block.isTooDeep || block.cost > MAX_PIECE_COST) {
      const piece: Piece = isLongCode ? { kind: 'code', text: codeOf(text) } : { kind: 'plain', text };
      if (!flush() || !add(piece, TEXT * text.length, block.start)) break;
      continue;
    }
    if (open && open.cost + block.cost > PIECE_COST && !flush()) break;
    open ??= { text: '', cost: 0, start: block.start };
    open.text += sourceOf(text, block);
    open.cost += block.cost;
  }
  if (restAt === markdown.length) flush();
  return { pieces, rest: markdown.slice(restAt), cost: total };
}
