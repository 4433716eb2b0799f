import { z } from 'zod';
import { flag, integer, optional, withDefault } from './fields.ts';

const MODEL_ID = /^(guide|(openai|anthropic|google|openai-compatible)\/\S+)$/;

/** Models with the sizes of their contexts. */
const CONTEXTS = /^\s*(\w[\w-]*\/[^\s,=]+=\d{4,9}\s*(,\s*|$))+$/;

/** Splits `model=tokens`. */
function contextOf(item: string): [id: string, tokens: number] {
  const [id = '', tokens] = item.trim().split('=');
  return [id, Number(tokens)];
}

/** Models with the kinds of files that they read. */
const FILE_INPUTS = /^\s*(\w[\w-]*\/[^\s,=]+=(none|image|pdf|image\+pdf)\s*(,\s*|$))+$/;

/** Splits `model=image+pdf`. */
function fileInputsOf(item: string): [id: string, inputs: readonly string[]] {
  const [id = '', inputs = ''] = item.trim().split('=');
  return [id, inputs.split('+')];
}

export const models = {
  AI_MODEL: withDefault(
    z
      .string()
      .regex(MODEL_ID, 'must be guide or provider/model with openai, anthropic, google or openai-compatible'),
    'guide',
  ).meta({
    description: 'The default chat model as provider/model. guide is the offline guide, which needs no key.',
    examples: ['openai/gpt-5-mini'],
  }),
  AI_MODELS: optional(
    z
      .string()
      .transform((list) => list.split(',').map((id) => id.trim()))
      .pipe(z.array(z.string().regex(MODEL_ID, 'each must be provider/model'))),
  ).meta({
    description: 'Further models that users can choose, separated by commas.',
    examples: ['anthropic/claude-sonnet-4-5,openai-compatible/llama3.3'],
  }),
  AI_BASE_URL: optional(z.url({ protocol: /^https?$/ })).meta({
    description: 'The URL of the openai-compatible provider, such as Ollama, vLLM, LM Studio or OpenRouter.',
    examples: ['http://127.0.0.1:11434/v1'],
  }),
  AI_API_KEY: optional(z.string()).meta({
    description: 'The API key for AI_BASE_URL, if it needs one.',
    examples: ['sk-…'],
  }),
  OPENAI_API_KEY: optional(z.string()).meta({
    description: 'The server’s API key for openai/* models.',
    examples: ['sk-…'],
  }),
  ANTHROPIC_API_KEY: optional(z.string()).meta({
    description: 'The server’s API key for anthropic/* models.',
    examples: ['sk-ant-…'],
  }),
  GOOGLE_GENERATIVE_AI_API_KEY: optional(z.string()).meta({
    description: 'The server’s API key for google/* models.',
    examples: ['AIza…'],
  }),
  AI_INSTRUCTIONS: withDefault(z.string().max(20_000), 'You are a helpful assistant.').meta({
    description: 'The system instructions of every conversation with a model.',
    examples: ['You are the assistant of Example Ltd. Answer briefly.'],
  }),
  AI_CONTEXT_CHARACTERS: withDefault(integer(1000, 10_000_000), 400_000).meta({
    description:
      'The maximum number of characters of a conversation that are sent to a model: the newest messages, and always the question.',
  }),
  AI_CONTEXT_TOKENS: optional(
    z
      .string()
      .regex(CONTEXTS, 'each must be provider/model=tokens, with at least 1000 tokens')
      .transform((list) => new Map(list.split(',').map(contextOf))),
  ).meta({
    description:
      'The context sizes of models in tokens, as model=tokens separated by commas. Set them for openai-compatible models. Without it, those of OpenAI, Anthropic and Google are known, and others count as 128000.',
    examples: ['openai-compatible/llama3.3=8192'],
  }),
  AI_FILE_INPUTS: optional(
    z
      .string()
      .regex(FILE_INPUTS, 'each must be provider/model= followed by none, image, pdf or image+pdf')
      .transform((list) => new Map(list.split(',').map(fileInputsOf))),
  ).meta({
    description:
      'The files that models read themselves, as model=none, image, pdf or image+pdf, separated by commas. Without it, those of OpenAI, Anthropic and Google are known. Other models get the text of files.',
    examples: ['openai-compatible/llava=image'],
  }),
  // Node's fetch itself has an idle timeout of 300 s.
  AI_TIMEOUT_SECONDS: withDefault(integer(1, 300), 60).meta({
    description: 'Idle timeout in seconds: the longest wait for the first or next chunk of a model response.',
  }),
};

export const quotas = {
  AI_DAILY_TOKENS: optional(integer(1, 2_000_000_000)).meta({
    description:
      'Model tokens per user and day (UTC). An admin can set another number for a user. Default: no limit.',
    examples: ['200000'],
  }),
  AI_DAILY_TOKENS_PER_ADDRESS: optional(integer(1, 2_000_000_000)).meta({
    description:
      'Model tokens per day for all guests of one IP address (IPv6: one /64 network) together. Default: AI_DAILY_TOKENS.',
    examples: ['200000'],
  }),
  AI_OUTPUT_TOKENS: withDefault(integer(200, 1_000_000), 8192).meta({
    description:
      'The maximum number of output tokens, including reasoning, that are reserved for an answer under a quota. It is also the output limit for the model, or less if less is left. An answer that reaches the limit ends as failed with ANSWER_TOO_LONG and can be continued.',
  }),
};

export const answers = {
  AI_ANSWER_CHARACTERS: withDefault(integer(1, 10_000_000), 500_000).meta({
    description:
      'Characters per answer, including files and tool calls. A longer answer ends as failed with ANSWER_TOO_LONG and keeps its text.',
  }),
  AI_ANSWER_PARTS: withDefault(integer(1, 100_000), 2000).meta({
    description:
      'Parts per answer: texts, reasoning, sources, files and tool calls. An answer with more parts ends as failed with ANSWER_TOO_LONG and keeps its text.',
  }),
  AI_ANSWER_SECONDS: withDefault(integer(1, 86_400), 1800).meta({
    description:
      'The longest duration of an answer in seconds. After that, the answer ends as failed with ANSWER_TOO_LONG and keeps its text.',
  }),
  AI_CONTINUE_ANSWERS: withDefault(flag, true).meta({
    description:
      'true to continue answers of servers that died or stopped, on another instance or at the next start. Otherwise they end as interrupted, and their readers can continue them.',
  }),
  AI_ANSWERS_PER_USER: withDefault(integer(1, 10_000), 10).meta({
    description: 'Answers in progress per user, on all instances together.',
  }),
  AI_ANSWERS_PER_ADDRESS: withDefault(integer(1, 10_000), 10).meta({
    description:
      'Answers in progress for all guests of one IP address (IPv6: one /64 network), per instance.',
  }),
  AI_ANSWERS_PER_INSTANCE: withDefault(integer(1, 100_000), 500).meta({
    description: 'Answers in progress per instance.',
  }),
};
