/** npm run trial: writes the script of the reference's forms from src/layer/reference/browser. */
import { writeFileSync } from 'node:fs';
import { trialScript } from './trial-script.ts';

const { path, text } = trialScript();
writeFileSync(path, text);
console.log(path);
