/** Serves a router by the layer alone, without the product. The argument is `t3` or `unguarded`. */
import { createNodeListener } from '#layer/hosts/node';
import { createApi } from '#layer/index';
import { serve } from './serve.ts';
import * as t3 from './t3.ts';
import * as unguarded from './unguarded.ts';

serve(createNodeListener(process.argv[2] === 't3' ? createApi(t3) : createApi(unguarded)));
