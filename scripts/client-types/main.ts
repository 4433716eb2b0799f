/** npm run types: writes the declaration of the procedures that clients are checked against. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { clientTypes } from './index.ts';

const { path, text, map } = await clientTypes();
// An editor need not read again what has not changed.
if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
writeFileSync(`${path}.map`, map);
console.log(path);
