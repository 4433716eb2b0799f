// Written by npm run sdk from src/sdk/openapi.json.

import type { Core } from './core.ts';

/** The base class of the methods of one resource. */
export class Resource {
  /** Its name begins with an underscore, which no method or resource of a client has. */
  protected readonly _core: Core;

  constructor(core: Core) {
    this._core = core;
  }
}
