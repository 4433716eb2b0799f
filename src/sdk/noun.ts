import type { Core } from './core.ts';

/** What the methods about one noun are made of. */
export class Noun {
  protected readonly core: Core;

  constructor(core: Core) {
    this.core = core;
  }
}
