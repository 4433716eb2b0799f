import { describe, expect, test } from '@jest/globals';
import { namesOf, renamePath, renameText } from './names.ts';

const OLD = namesOf('Old Name', 'old_');
const rename = renameText(OLD, namesOf('acme Cloud', 'ac_'));

describe('namesOf', () => {
  test('derives an identifier and a slug', () => {
    expect(OLD).toEqual({ name: 'Old Name', identifier: 'OldName', slug: 'oldname', keyPrefix: 'old_' });
  });

  test.each([
    ['', 'a_'],
    ['1st', 'a_'],
    ['A/B', 'a_'],
    ['Crème', 'a_'],
    ["Ada's", 'a_'],
    ['Acme', 'acme'],
    ['Acme', 'Acme_'],
    ['Acme', '_'],
    ['Acme', 'a-b_'],
  ])('rejects the name %j with the key prefix %j', (name, keyPrefix) => {
    expect(() => namesOf(name, keyPrefix)).toThrow(/must be/);
  });
});

describe('renameText', () => {
  test('replaces each form of the name in code', () => {
    const code = `new OldName(); type OldNameOptions; '@oldname/sdk'; OLDNAME_URL; 'Old Name is ready'`;
    expect(rename('a.ts', code)).toBe(
      `new AcmeCloud(); type AcmeCloudOptions; '@acmecloud/sdk'; ACMECLOUD_URL; 'AcmeCloud is ready'`,
    );
  });

  test('writes the words of the name in the prose of a document, and the identifier in its code', () => {
    const text = 'OldName, `OldName`\n\n```ts\nnew OldName()\n```\nOld Name';
    expect(rename('a.md', text)).toBe('acme Cloud, `AcmeCloud`\n\n```ts\nnew AcmeCloud()\n```\nacme Cloud');
  });

  test('replaces the beginning of keys, and the variable that is named after it', () => {
    expect(rename('a.ts', `Bearer old_4f9a; old.users.me(); var(--old-page); told_, fold`)).toBe(
      `Bearer ac_4f9a; ac.users.me(); var(--ac-page); told_, fold`,
    );
  });

  test('replaces the beginning of metrics', () => {
    expect(rename('rules.yml', 'expr: oldname_database_up == 0')).toBe('expr: acmecloud_database_up == 0');
  });

  test('keeps the hashes of packages', () => {
    expect(rename('package-lock.json', '"oldname": "sha512-x/old/y+old_"')).toBe(
      '"acmecloud": "sha512-x/old/y+old_"',
    );
  });
});

test('renamePath replaces the lowercase name', () => {
  expect(renamePath(OLD, namesOf('Acme', 'ac_'))('src/sdk/oldname.ts')).toBe('src/sdk/acme.ts');
});
