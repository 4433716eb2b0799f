import { expect, test } from '@jest/globals';
import { groupBy } from './group-by.ts';

test('groupBy returns what Map.groupBy returns', () => {
  const items = [5, 1, 4, 2, 7, 2];
  const keyOf = (item: number) => item % 3;
  expect([...groupBy(items, keyOf)]).toEqual([...Map.groupBy(items, keyOf)]);
  expect([...groupBy([], keyOf)]).toEqual([]);
});
