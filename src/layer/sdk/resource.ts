import type { Core } from './core.ts';

/** The base class of the methods of one resource. */
export class Resource {
  protected readonly core: Core;

  constructor(core: Core) {
    this.core = core;
  }
}
