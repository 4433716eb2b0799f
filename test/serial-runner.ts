import TestRunner from 'jest-runner';

/** Runs test files one after another: each starts servers, and a machine should not carry many at once. */
export default class SerialRunner extends TestRunner {
  override readonly isSerial = true;
}
