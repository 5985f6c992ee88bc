import type { PeerName } from './peer.ts';
import { METRICS, type Results } from './results.ts';
import type { TargetOutcome } from './targets.ts';

const TITLE_WIDTH = 28;
const COLUMN_WIDTH = 15;

/** A table of medians: a row per metric, a column per peer, and Postern's ratio to frp. */
export function describeResults(results: Results, peers: readonly PeerName[]): string {
  const head = row('', [...peers, 'to frp']);
  const lines = METRICS.flatMap(({ key, title, decimals }) => {
    const medians = peers.map((peer) => results.median(peer, key));
    if (medians.every((value) => value === null)) return [];
    const ratio = results.paired(
      [
        ['postern', key],
        ['frp', key],
      ],
      (postern = Number.NaN, frp = Number.NaN) => postern / frp,
    );
    return [row(title, [...medians.map((value) => value?.toFixed(decimals) ?? '–'), ratio?.toFixed(2) ?? '–'])];
  });
  return [head, ...lines].join('\n');
}

/** The targets, each with what was reached, whether that is enough, and by how much it isn't. */
export function describeTargets(outcomes: readonly TargetOutcome[]): string {
  return outcomes
    .filter(({ reached }) => reached !== null)
    .map(({ title, wanted, stretch, direction, reached, isMet }) => {
      const value = reached ?? Number.NaN;
      const missing = direction === 'atLeast' ? 1 - value / wanted : value / wanted - 1;
      const verdict = isMet === true ? 'met' : `missed by ${(missing * 100).toFixed(0)} %`;
      const further = stretch === null ? '' : `, stretch ${stretch}${value >= stretch ? ' met' : ''}`;
      const sign = direction === 'atLeast' ? '≥' : '≤';
      return `${title.padEnd(48)} ${value.toFixed(2).padStart(7)}  ${sign} ${String(wanted).padEnd(4)} ${verdict}${further}`;
    })
    .join('\n');
}

function row(title: string, cells: readonly string[]): string {
  return title.padEnd(TITLE_WIDTH) + cells.map((cell) => cell.padStart(COLUMN_WIDTH)).join('');
}
