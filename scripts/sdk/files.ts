import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRODUCT } from '#contract/product';
import { type ClientNames, generateClient } from '#layer/cli/index';
import { referenceText } from './reference.ts';

const ROOT = join(import.meta.dirname, '../..');

/** How the SDK is named. */
export const SDK_NAMES: ClientNames = {
  name: PRODUCT.identifier,
  header: '// Written by npm run sdk from src/sdk/openapi.json.',
  keyPrefix: PRODUCT.keyPrefix,
  resources: { chat: 'chats' },
};

function readDocument(): unknown {
  return JSON.parse(readFileSync(join(ROOT, 'src/sdk/openapi.json'), 'utf8'));
}

/** Returns the path and the text of every file that is generated from the committed document. */
export async function sdkFiles(): Promise<{ path: string; text: string }[]> {
  const document = readDocument();
  const sources = Object.entries(await generateClient(document, SDK_NAMES)).map(([name, text]) => ({
    path: join(ROOT, 'src/sdk/generated', name),
    text,
  }));
  return [...sources, { path: join(ROOT, 'docs/reference.md'), text: referenceText(document, SDK_NAMES) }];
}
