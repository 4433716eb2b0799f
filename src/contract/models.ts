/** The model providers that answers can come from, as they stand before the first slash of a model id. */
export const PROVIDERS = ['openai', 'anthropic', 'google', 'openai-compatible'] as const;

/** A model provider. */
export type Provider = (typeof PROVIDERS)[number];
