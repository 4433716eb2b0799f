/** npm run cli: builds the package of the command line in dist/cli, or in the given folder. */
import { build } from './build.ts';

console.log(build(process.argv[2]));
