export { compareStates } from './compare.ts';
export { describeState, toolNames } from './describe.ts';
export type { Change } from './change.ts';
export {
  changelogLine,
  type Compared,
  isDeclared,
  jsonReport,
  markdownReport,
  textReport,
  unreleased,
} from './report.ts';
export { readState, type State, writeState } from './state.ts';
