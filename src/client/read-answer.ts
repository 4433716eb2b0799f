export { readUIMessageStream } from 'ai';
