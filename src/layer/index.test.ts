import { expect, test } from '@jest/globals';

test('can be imported dynamically, so it exports nothing named "then"', async () => {
  await expect(import('./index.ts')).resolves.toHaveProperty('createApi');
  await expect(import('./hosts/node-entry.ts')).resolves.toHaveProperty('createNodeListener');
});
