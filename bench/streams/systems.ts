import { startBaseline } from './baseline.ts';
import { startOnPglite, startOnPostgres } from './ours.ts';

/** The systems that are compared, the baseline first. Each is started with the URL of the model provider. */
export const SYSTEMS = { baseline: startBaseline, postgres: startOnPostgres, pglite: startOnPglite };
export type SystemName = keyof typeof SYSTEMS;
