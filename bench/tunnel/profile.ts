import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const TOP_COUNT = 25;

/** The parts of a V8 CPU profile that count: nodes of the call tree, and which was on top at each sample. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Where a process spent its time, by function, from the profile that `--cpu-prof` left in the folder. */
export function describeProfile(folder: string, pid: number, title: string): string {
  const file = readdirSync(folder).find((name) => name.split('.')[3] === String(pid) && name.endsWith('.cpuprofile'));
  if (file === undefined) return `${title} (${pid}) left no profile in ${folder}.`;
  const profile = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as CpuProfile;
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const micros = new Map<string, number>();
  for (const [index, id] of profile.samples.entries()) {
    const name = names.get(id) ?? '?';
    if (name === '(idle)') continue;
    micros.set(name, (micros.get(name) ?? 0) + (profile.timeDeltas[index] ?? 0));
  }
  const total = [...micros.values()].reduce((sum, value) => sum + value, 0);
  const top = [...micros].toSorted(([, a], [, b]) => b - a).slice(0, TOP_COUNT);
  const lines = top.map(([name, value]) => `${((value / total) * 100).toFixed(1).padStart(6)} %  ${name}`);
  return [`${title}, self time of ${(total / 1_000_000).toFixed(1)} s (${path.join(folder, file)})`, ...lines].join(
    '\n',
  );
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  return url === '' ? name : `${name}  ${url.replace(/^file:\/\/.*\/(?=[^/]+\/[^/]+\/[^/]+$)/, '')}:${lineNumber + 1}`;
}
