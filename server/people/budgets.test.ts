import { describe, expect, test } from '@jest/globals';
import { budgetsOf } from './budgets.ts';

describe('budgetsOf', () => {
  test('counts a user by account, an anonymous caller by IP address and a guest by both', () => {
    const ip = '203.0.113.7';
    expect(budgetsOf({ userId: 'ada', isGuest: false }, ip)).toEqual(['ada']);
    expect(budgetsOf({ userId: 'guest', isGuest: true }, ip)).toEqual(['guest', 'ip 203.0.113.7']);
    expect(budgetsOf(null, ip)).toEqual(['ip 203.0.113.7']);
    expect(budgetsOf(null, null)).toEqual(budgetsOf(null, 'no address'));
  });
});
