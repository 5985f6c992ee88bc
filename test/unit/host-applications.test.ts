import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HostApplications, isFolderName } from '../../src-service/edge/host-applications.ts';

const segment = fc.constantFrom('a', 'b', 'ab', 'wiki', '%c3');
const path = fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.map((part) => `${part}/`).join('')}`);
const asked = fc.tuple(path, fc.constantFrom('', 'a', 'wiki', 'page.html')).map(([folder, rest]) => folder + rest);

test('B4 among many paths of a host the same one is found as by walking through them, the longest', () => {
  fc.assert(
    fc.property(fc.uniqueArray(path, { maxLength: 40 }), fc.array(asked, { minLength: 1 }), (prefixes, paths) => {
      const entries = prefixes.map((pathPrefix) => ({ pathPrefix }));
      const host = new HostApplications(entries);
      const longestFirst = entries.toSorted((a, b) => b.pathPrefix.length - a.pathPrefix.length);
      for (const each of [...paths, ...prefixes, ...prefixes.map((prefix) => prefix.slice(0, -1))]) {
        const walked = longestFirst.find((entry) => each.startsWith(entry.pathPrefix) || isFolderName(entry, each));
        expect(host.find(each)).toBe(walked);
      }
    }),
  );
});
