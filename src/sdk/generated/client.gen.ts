// Written by npm run sdk from src/sdk/openapi.json.

import { Core } from './core.ts';
import { ERRORS } from './errors.gen.ts';
import { Api, API_PATH } from './operations.gen.ts';
import type { SwitchboardOptions } from './options.ts';

/** The client of the API: a property for each resource, with a method for each operation. */
export class Switchboard extends Api {
  /**
   * @throws {TypeError} if there is neither a `baseUrl` nor a page with an origin, or if `apiKey` has the wrong format.
   */
  constructor(options: SwitchboardOptions = {}) {
    super(new Core(options, { path: API_PATH, keyPrefix: "sb_", errors: ERRORS }));
  }
}
