/** Resident memory of a process over a run, MiB. */
export class MemoryTrend {
  readonly #samples: number[] = [];

  add(residentMib: number): void {
    this.#samples.push(residentMib);
  }

  /**
   * By how much the last third of the samples lies above the third before it, medians, MiB. The first third is the
   * warm-up. 0 before there are six samples.
   */
  get growthMib(): number {
    const third = Math.floor(this.#samples.length / 3);
    if (third < 2) return 0;
    return median(this.#samples.slice(-third)) - median(this.#samples.slice(-2 * third, -third));
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
