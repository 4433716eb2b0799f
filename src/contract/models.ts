/** The supported model providers: the part before the first slash of a model id. */
export const PROVIDERS = ['openai', 'anthropic', 'google', 'openai-compatible'] as const;

/** A model provider. */
export type Provider = (typeof PROVIDERS)[number];
