export {
  CORE_ERRORS,
  type CoreCode,
  type ErrorData,
  type ErrorDefinition,
  type ErrorIssue,
} from './errors/catalog.ts';
