/** Serves the product's API and the measured procedures in the same way as serve.ts, without pages. */
import { createNodeListener } from '#layer/hosts/node';
import { MAX_DURATION_SECONDS } from '#server/limits';
import { serve } from './serve.ts';
import { createBenchApi } from './switchboard.ts';

serve(createNodeListener(await createBenchApi(), { maxDuration: MAX_DURATION_SECONDS }));
