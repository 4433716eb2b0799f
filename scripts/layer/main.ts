/** npm run layer: builds the package of the layer in dist/layer, or in the given folder. */
import { build } from './build.ts';

console.log(build(process.argv[2]));
