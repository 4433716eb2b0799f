import { startBaseline } from './baseline.ts';
import { startOnPglite, startOnPostgres } from './ours.ts';

/** The compared systems, the baseline first. Each function starts one with the URL of the model provider. */
export const SYSTEMS = { baseline: startBaseline, postgres: startOnPostgres, pglite: startOnPglite };
export type SystemName = keyof typeof SYSTEMS;
