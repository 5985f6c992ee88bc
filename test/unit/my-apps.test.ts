import { expect, test } from 'vitest';
import { TONES, initialOf, toneOf } from '../../src-service/portal/application-tone.ts';
import { isReadable } from '../../src-service/portal/colour-contrast.ts';
import { matchesSearch } from '../../src-service/portal/search-text.ts';

test('white letters are readable on every tone, and names use them all', () => {
  for (const tone of TONES) expect([tone, isReadable('#ffffff', tone)]).toEqual([tone, true]);
  const used = new Set(Array.from({ length: 500 }, (_, index) => toneOf(`Application ${index}`)));
  expect(used.size).toBe(TONES.length);
});

test('the initial is what a person calls the first letter', () => {
  expect(['expenses', ' über', '👩‍🔧 tools', 'é', ''].map(initialOf)).toEqual(['E', 'Ü', '👩‍🔧', 'É', '']);
});

test('a search finds words in any order, whatever their case and accents', () => {
  const text = 'Café Zürich, menus of the week cafe.apps.example.com';
  for (const search of ['', '  ', 'zurich CAFÉ', 'menu week', 'apps.example', 'Zürich']) {
    expect([search, matchesSearch(search, text)]).toEqual([search, true]);
  }
  expect(matchesSearch('zurich bern', text)).toBe(false);
});
