import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from '#test/fast-check';
import { runtime as node } from './node.ts';
import { runtime as web } from './web.ts';

const nodeDigest = (data: string | Uint8Array) => createHash('sha256').update(data).digest('base64url');

/** Texts of each length around the limits of blocks, and with characters of each length in UTF-8. */
const TEXTS = [
  ...Array.from({ length: 200 }, (_, length) => 'x'.repeat(length)),
  'é€😀'.repeat(1000),
  '\ud800 lone',
];

describe.each([
  ['node', node],
  ['web', web],
])('the %s runtime', (name, runtime) => {
  test('hashes a text as SHA-256', () => {
    for (const text of TEXTS) expect(runtime.hashText(text)).toBe(nodeDigest(text));
  });

  test('hashes data in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string())), (pieces) => {
        const hash = runtime.createHash();
        for (const piece of pieces) hash.update(piece);
        expect(hash.digest()).toBe(nodeDigest(Buffer.concat(pieces.map((piece) => Buffer.from(piece)))));
      }),
    );
  });

  test('measures a text in UTF-8', () => {
    for (const text of TEXTS) expect(runtime.byteLength(text)).toBe(Buffer.byteLength(text));
  });

  test('stores files until they are removed', async () => {
    async function* content() {
      yield new Uint8Array([1, 2]);
      yield await Promise.resolve(new Uint8Array([3]));
    }
    const store = runtime.createFileStore();
    expect(store.isUsed).toBe(false);
    const file = await store.add(content(), { name: 'a.bin', type: 'image/png' });
    expect([file.name, file.type, file.size]).toEqual(['a.bin', 'image/png', 3]);
    expect(await file.bytes()).toEqual(new Uint8Array([1, 2, 3]));
    expect(store.isUsed).toBe(name === 'node');
    await store.remove();
  });

  test('fails with the error of a file that does not arrive', async () => {
    async function* content() {
      yield await Promise.resolve(new Uint8Array([1]));
      throw new Error('The connection was lost.');
    }
    const store = runtime.createFileStore();
    await expect(store.add(content(), { name: 'a', type: '' })).rejects.toThrow('The connection was lost.');
    await store.remove();
  });

  test('defers work to a later turn of the event loop', async () => {
    const order: string[] = [];
    const deferred = new Promise<void>((resolve) => {
      runtime.defer(() => {
        order.push('deferred');
        resolve();
      });
    });
    await Promise.resolve().then(() => order.push('microtask'));
    await deferred;
    expect(order).toEqual(['microtask', 'deferred']);
  });
});

test('is chosen by the export condition', async () => {
  const { runtime } = await import('#runtime');
  expect(runtime).toBe(node);
  expect(existsSync('src/layer/runtime/web.ts')).toBe(true);
});
