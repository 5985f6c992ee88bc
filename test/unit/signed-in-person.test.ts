import { expect, test } from 'vitest';
import { readPerson } from '../../src-service/identity/signed-in-person.ts';

test('B17 a single group or role that comes as a text counts as one in a list, and is not taken apart', () => {
  const { groups, roles, amr } = readPerson({ sub: 'rose', groups: 'earthlings', roles: 'a; b', amr: '' }, '');
  expect([groups, roles, amr]).toEqual([['earthlings'], ['a; b'], []]);
});
