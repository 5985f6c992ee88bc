import { expect, test } from 'vitest';
import { readPhases } from '../../src-renderer/features/traffic/read-phases.ts';
import type { TimedRequest } from '../../src-shared/connector/traffic-record.ts';

type Times = readonly [sentMs: number | null, firstByteMs: number | null, totalMs: number | null];

function phasesOf(
  [sentMs, firstByteMs, totalMs]: Times,
  connection: TimedRequest['connection'] = null,
  errorHop: TimedRequest['errorHop'] = null,
): string[] {
  const phases = readPhases({ timing: { sentMs, firstByteMs, totalMs }, connection, errorHop });
  return phases.map(({ kind, beginMs, endMs }) => `${kind} ${beginMs}–${endMs}`);
}

test('the timeline of a request that failed or was given up adds up to its end', () => {
  expect(phasesOf([1, 5, 9])).toEqual(['prepare 0–1', 'wait 1–5', 'receive 5–9']);
  expect(phasesOf([null, null, 7])).toEqual(['prepare 0–7']);
  expect(phasesOf([1, null, 7])).toEqual(['prepare 0–1', 'wait 1–7']);
  expect(phasesOf([1, 5, null])).toEqual(['prepare 0–1', 'wait 1–5']);
  expect(phasesOf([null, null, null])).toEqual([]);
});

test('the timeline has the steps in which a connection was opened, and none for one that stood already', () => {
  const opened = { beganMs: 1, resolvedMs: 3, connectedMs: 4, securedMs: 8 };
  const rest = ['wait 8–12', 'receive 12–13'];
  expect(phasesOf([8.1, 12, 13], opened)).toEqual(['queue 0–1', 'dns 1–3', 'connect 3–4', 'tls 4–8', ...rest]);
  const plain = { beganMs: 0, resolvedMs: null, connectedMs: 4, securedMs: null };
  expect(phasesOf([4.1, 12, 13], plain)).toEqual(['queue 0–0', 'connect 0–4', 'wait 4–12', 'receive 12–13']);
  expect(phasesOf([2, 12, 13], 'reused')).toEqual(['queue 0–2', 'wait 2–12', 'receive 12–13']);
});

test('the timeline of a request without a connection ends in the step that did not come to its end', () => {
  const opening = { beganMs: 1, resolvedMs: null, connectedMs: null, securedMs: null };
  expect(phasesOf([null, null, 9], opening, 'dns')).toEqual(['queue 0–1', 'dns 1–9']);
  expect(phasesOf([null, null, 9], opening, 'connect')).toEqual(['queue 0–1', 'connect 1–9']);
  const resolved = { ...opening, resolvedMs: 2 };
  expect(phasesOf([null, null, 9], resolved, 'connect')).toEqual(['queue 0–1', 'dns 1–2', 'connect 2–9']);
  const connected = { ...resolved, connectedMs: 3 };
  expect(phasesOf([null, null, 9], connected, 'tls')).toEqual(['queue 0–1', 'dns 1–2', 'connect 2–3', 'tls 3–9']);
});
