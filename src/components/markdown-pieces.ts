/** A part of a text that is rendered separately. */
export interface Piece {
  /**
   * The form in which it is rendered: parsed as Markdown, one fenced code block, footnotes, or plain text if parsing
   * costs too much.
   */
  kind: 'markdown' | 'code' | 'notes' | 'plain';
  text: string;
}

/** A text that was cut into pieces. */
export interface Pieces {
  pieces: Piece[];
  /** The labels of the footnotes, in the order of their numbers. */
  notes: string[];
  /** The text beyond the budget, or `''`. */
  rest: string;
  /** The total cost of the pieces. */
  cost: number;
}

/*
 * The unit of costs is a character of ordinary prose. Text that takes a parser or a page more time costs more. The
 * numbers come from measurements.
 */
/** The maximum cost of a message. 100 KB of ordinary prose, code and tables cost less. */
export const MESSAGE_COST = 200_000;
/** The number of characters shown of a text that is not parsed at all. */
export const PREVIEW = 600;
/** The cost of a piece after which a list or a table is cut. */
const PIECE_COST = 4_500;
/** The cost after which blocks get a new piece. The last piece of an answer in progress is parsed for each frame. */
const GROUP_COST = 1_500;
/** The maximum cost of a piece. Parsing it blocks the event loop for as long as this much prose. */
const MAX_PIECE_COST = 16_000;
/** The maximum cost of a table head, which is repeated in each piece of the table. */
const MAX_HEAD_COST = PIECE_COST / 4;
/** The cost of a character of plain text. */
const TEXT = 0.2;
const MARK = 6;
/** The cost of a mark that may begin or end maths. */
const MATHS = 60;
const CELL = 15;
const LINE = 2;
const BLOCK = 35;
/** The cost of a table, or of a code block with its button. */
const FRAME = 150;
/** The maximum nesting depth of quotes and lists. */
const MAX_DEPTH = 16;
/** The maximum indentation of a line outside of code: as much as a list of that depth needs. */
const MAX_INDENT = 4 * MAX_DEPTH;

/** Each pattern takes time linear in the length of the line. */
const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const CONTAINER = /[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]))/y;
const ITEM = /^ ?(?:(\d{1,9})([.)])|([-+*]))(?:[ \t]|$)/;
const DELIMITERS = /^[ \t:|-]+$/;
const ROW = /^ {0,3}\|/;
const BEGINS_BLOCK = /^[ \t]*(?:#|[-+*>=]|\d{1,9}[.)])/;
const MARKS = /[*_~[\]`<&\\!@]|www\.|https?:/g;
const MATHS_MARKS = /\$+|\\[([]/g;
const DEFINITION = /^ {0,3}\[(\^?[^[\]]{1,200})\]:/;
const REFERENCE = /\[(\^?[^[\]]{1,200})\]/g;
const NOTE = /\[(\^[^[\]]{1,200})\](?!:)/g;

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

/**
 * Returns the cost of a line outside of code.
 * @param columns the number of columns of its table, because each row is padded to that number.
 */
const costOf = (line: string, columns: number) =>
  line.length +
  LINE +
  MARK * count(line, MARKS) +
  MATHS * count(line, MATHS_MARKS) +
  CELL * Math.max(count(line, /\|/g), columns) +
  (BEGINS_BLOCK.test(line) ? BLOCK : 0);

/** Returns the number of cells in a row. */
const columnsOf = (row: string) => count(row.trim().replace(/^\||\|$/g, ''), /(?<!\\)\|/g) + 1;

/** True if two lines are the first row of a table and its delimiter row. */
function isTableHead(lines: string): boolean {
  const [names = '', delimiters = '', ...more] = lines.trimEnd().split('\n');
  return (
    more.length === 0 && ROW.test(names) && ROW.test(delimiters) && columnsOf(names) === columnsOf(delimiters)
  );
}

/** True if quotes and lists nest too deep in a line. */
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
  /** The number of the first item, if the block continues an ordered list. */
  number?: number;
  /** The head of the table, if the block continues a table. */
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
 * Cuts a text where that does not change the meaning of the Markdown: between top-level blocks, a long list between its
 * items, and a long table between its rows, with the head repeated. It reads each line once and knows only the Markdown
 * that it needs for that.
 */
function* blocksOf(markdown: string): Generator<Block, void, void> {
  const blockAt = (start: number): Block => ({ start, end: start, cost: 0, isCode: false, isTooDeep: false });
  let block = blockAt(0);
  let fence: string | null = null;
  let columns = 0;
  let afterBlank = true;
  /** The list, if the block is one. */
  let list: List | null = null;
  /** The head of the table and its cost, if the block is one. */
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

/** Returns the link targets and footnotes of a text by label, because pieces that use them need a copy. */
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

/** Returns the definitions that a piece uses, up to PIECE_COST. */
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

/** Returns the text to parse for a block: with the number of a continued list, or the head of a continued table. */
const sourceOf = (text: string, { number, head = '' }: Block) =>
  head + (number === undefined ? text : text.replace(/\d{1,9}(?=[.)])/y, String(number)));

/** A fenced code block. */
export interface Code {
  /** The first word after the fence, or `''`. */
  language: string;
  code: string;
  /** False if its end is missing, because the answer is in progress. */
  isComplete: boolean;
}

/** Returns the content of a piece of code, without its fences. */
export function codeOf(source: string): Code {
  const [opening = '', ...lines] = source.replace(/\n$/, '').split('\n');
  const fence = FENCE.exec(opening)?.[1] ?? '';
  const [language = ''] = opening.slice(fence.length).trim().split(/\s/, 1);
  const last = lines.at(-1) ?? '';
  const closing = FENCE.exec(last)?.[1];
  const isComplete = closing !== undefined && closing.startsWith(fence) && last.trim() === closing;
  if (isComplete) lines.pop();
  return { language, code: lines.map((line) => `${line}\n`).join(''), isComplete };
}

/** Returns the labels of the footnotes in the order of their numbers, and the pieces that show them. */
function notesOf(markdown: string, definitions: Map<string, string>, budget: number) {
  const labels = definitions.size === 0 ? [] : Array.from(markdown.matchAll(NOTE), ([, label = '']) => label);
  const pieces: { references: string; text: string; cost: number }[] = [];
  const notes: string[] = [];
  let left = budget;
  for (const label of new Set(labels.map((each) => each.toLowerCase()))) {
    const definition = definitions.get(label);
    if (definition === undefined) continue;
    const cost = BLOCK + costOf(definition, 0);
    if (cost > left || cost > MAX_PIECE_COST) break;
    left -= cost;
    let piece = pieces.at(-1);
    if (!piece || piece.cost + cost > PIECE_COST)
      pieces.push((piece = { references: '', text: '', cost: 0 }));
    piece.references += `[${label}]`;
    piece.text += `\n\n${definition}`;
    piece.cost += cost;
    notes.push(label.slice(1));
  }
  return { pieces, notes };
}

/** The last result. For each frame of an answer in progress, a page asks twice: for its cost, and to render it. */
let last: { markdown: string; budget: number; pieces: Pieces } | null = null;

/**
 * Cuts any text into pieces that are each parsed in a short time. Parsing all of them takes no longer than `budget`
 * characters of ordinary prose. Takes time linear in the budget, or in the text if it has definitions.
 */
export function piecesOf(markdown: string, budget = MESSAGE_COST): Pieces {
  if (last?.markdown === markdown && last.budget === budget) return last.pieces;
  const pieces = cut(markdown, budget);
  // Messages without reasoning ask for the pieces of an empty text in between.
  if (markdown !== '') last = { markdown, budget, pieces };
  return pieces;
}

function cut(markdown: string, budget: number): Pieces {
  const definitions = definitionsOf(markdown);
  const pieces: Piece[] = [];
  let total = 0;
  let open: { text: string; cost: number; start: number } | null = null;
  let restAt = markdown.length;

  /** @returns true if the budget was sufficient. */
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
    if (block.isCode || block.isTooDeep || block.cost > MAX_PIECE_COST) {
      const kind = block.isCode ? 'code' : 'plain';
      const cost = block.isCode ? block.cost : TEXT * text.length;
      if (!flush() || !add({ kind, text }, cost, block.start)) break;
      continue;
    }
    if (open && open.cost + block.cost > GROUP_COST && !flush()) break;
    open ??= { text: '', cost: 0, start: block.start };
    open.text += sourceOf(text, block);
    open.cost += block.cost;
  }
  if (restAt === markdown.length) flush();
  const { pieces: ends, notes } = notesOf(markdown, definitions, budget - total);
  for (const { references, text, cost } of ends) {
    add({ kind: 'notes', text: references + text }, cost, restAt);
  }
  return { pieces, notes, rest: markdown.slice(restAt), cost: total };
}
