import { sql, type SQL } from 'drizzle-orm';
import { nextSlice } from '#layer/index';
import { searchPieces } from '#server/db/schema/index';
import { foldBlocks, toStorable } from './fold.ts';

/** The maximum length of a folded search term, in UTF-16 code units. */
export const MAX_NEEDLE = 400;
/**
 * The maximum length of a piece, as the table `search_pieces` calls a chunk of a fold. Its row fits into a page of the
 * table (8 KiB), and it has room for two blocks beside the overlap.
 */
export const MAX_PIECE = 2400;
/** The minimum overlap of neighboring pieces, so that one of them contains the whole needle. */
const OVERLAP = MAX_NEEDLE - 1;

const OVERWRITE = sql`do update set start = excluded.start, size = excluded.size, text = excluded.text`;

/** A part of the fold of a text. */
export interface Piece {
  piece: number;
  /** Its start in the text, in UTF-16 code units. */
  start: number;
  text: string;
}

/** Splits the fold of a text into pieces; none for an empty text. @param text a storable text (`toStorable`). */
export function* piecesOf(text: string): Generator<Piece> {
  /** The blocks of the next piece, and the sum of their lengths. */
  let blocks: { start: number; folded: string }[] = [];
  let length = 0;
  let number = 0;
  const piece = (): Piece => ({
    piece: number++,
    start: blocks[0]?.start ?? 0,
    text: blocks.map(({ folded }) => folded).join(''),
  });
  for (const block of foldBlocks(text)) {
    if (length + block.folded.length > MAX_PIECE) {
      yield piece();
      let first = blocks.length;
      for (length = 0; first > 0 && length < OVERLAP;) length += blocks[--first]?.folded.length ?? 0;
      blocks = blocks.slice(first);
    }
    blocks.push(block);
    length += block.folded.length;
  }
  if (length > 0) yield piece();
}

/**
 * Returns the pieces of a message for search, as JSON for `insertPieces`. It gives other work a turn between pieces.
 * @param text the text of the message (`textOf`).
 */
export async function foldPieces(text: string): Promise<string> {
  const pieces: Piece[] = [];
  for (const piece of piecesOf(toStorable(text))) {
    // A short text has a single piece, and need not wait.
    if (pieces.length > 0) await nextSlice();
    pieces.push(piece);
  }
  return JSON.stringify(pieces);
}

/**
 * A statement that writes the pieces of messages.
 * @param source a relation with the columns `chat_id`, `message_id`, `user_id` and `pieces`, the result of
 * `foldPieces`.
 * @param otherwise the action for a piece that already exists.
 */
export const insertPieces = (source: SQL, otherwise = OVERWRITE) => sql`
  insert into ${searchPieces} (chat_id, message_id, piece, user_id, start, size, text)
  select source.chat_id, source.message_id, p.piece, source.user_id, p.start,
    sum(octet_length(p.text)) over (partition by source.message_id), p.text
  from ${source} source
  cross join lateral json_to_recordset(source.pieces) as p(piece int, start int, text text)
  on conflict (chat_id, message_id, piece) ${otherwise}`;
