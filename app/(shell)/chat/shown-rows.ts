import type { Group } from './chat-groups.ts';

/** The items of a list from top to bottom: the id of a chat for its row, and null for the heading of a group. */
export type Items = readonly (string | null)[];

/** The items of a long list that are in the document: all headings, and the rows in view. */
interface ItemRange {
  /** The list that `indexes` are of. */
  items: Items;
  /** In ascending order. */
  indexes: readonly number[];
}

/** A row, or the space of rows that are not in the document. */
export type Piece<Chat> = { chat: Chat; position: number } | { rows: number };

export const itemsOf = (groups: readonly Group<{ id: string }>[]): Items =>
  groups.flatMap(({ items }) => [null, ...items.map(({ id }) => id)]);

/** Returns the indexes of items that remain the same although other chats may be above them now. */
function currentIndexes(shown: ItemRange, items: Items): readonly number[] {
  if (shown.items === items) return shown.indexes;
  const ids = new Set(shown.indexes.map((index) => shown.items[index]));
  return items.flatMap((id, index) => (id === null || ids.has(id) ? [index] : []));
}

/** Returns what each group consists of. */
export function piecesOf<Chat extends { id: string }>(
  groups: readonly Group<Chat>[],
  shown: ItemRange,
): Piece<Chat>[][] {
  const items = itemsOf(groups);
  const indexes = currentIndexes(shown, items);
  let heading = 0;
  let at = 0;
  return groups.map(({ items: chats }) => {
    const pieces: Piece<Chat>[] = [];
    let next = 0;
    const skipTo = (position: number) => {
      if (position > next) pieces.push({ rows: position - next });
      next = position + 1;
    };
    for (; (indexes[at] ?? Infinity) <= heading + chats.length; at++) {
      const position = (indexes[at] ?? 0) - heading - 1;
      const chat = chats[position];
      if (!chat) continue;
      skipTo(position);
      pieces.push({ chat, position });
    }
    skipTo(chats.length);
    heading += 1 + chats.length;
    return pieces;
  });
}
