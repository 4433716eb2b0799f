import { describe, expect, test } from '@jest/globals';
import { itemsOf, piecesOf } from './shown-rows.ts';

const group = (title: string, ids: string) => ({ title, items: Array.from(ids, (id) => ({ id })) });
const GROUPS = [group('Today', 'abc'), group('May', 'defgh'), group('April', 'i')];
const ITEMS = itemsOf(GROUPS);

/** The rows by their id, and the number of those that are left out. */
const shownOf = (groups: typeof GROUPS, indexes: number[]) =>
  piecesOf(groups, { items: ITEMS, indexes }).map((pieces) =>
    pieces.map((piece) => ('rows' in piece ? piece.rows : piece.chat.id)),
  );

describe('the rows in the document', () => {
  test('are those in view and those that are kept, with the space of the others', () => {
    expect(shownOf(GROUPS, [0, 2, 4, 7, 8, 10])).toEqual([[1, 'b', 1], [2, 'f', 'g', 1], [1]]);
    expect(shownOf(GROUPS, [0, 3, 4, 5, 10, 11])).toEqual([[2, 'c'], ['d', 4], ['i']]);
  });

  test('remain the same when chats are added above them', () => {
    const more = [group('Today', 'xyabc'), group('May', 'defgh'), group('April', 'i')];
    expect(shownOf(more, [0, 2, 4, 7, 10])).toEqual([[3, 'b', 1], [2, 'f', 2], [1]]);
  });
});
