import type { BenchApp } from './desktop-app.ts';

/** What a flood of rows did to the window. */
export interface FloodFigures {
  readonly rowsPerSecond: number;
  readonly seconds: number;
  /** Of one core, in percent: the window's process, and all of the app's. */
  readonly windowCpu: number;
  readonly allCpu: number;
  readonly frames: number;
  /** ms. */
  readonly longestFrameMs: number;
  readonly framesOver50Ms: number;
  /** Of the window's process, at the end. */
  readonly residentMib: number;
  readonly heapMib: number;
}

/** Feeds made-up rows as the engine's would come, and watches the page “Traffic”. */
export async function measureFlood(
  { app, page }: BenchApp,
  rowsPerSecond: number,
  seconds: number,
): Promise<FloodFigures> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Traffic' }).click();
  await page.getByRole('heading', { name: 'Traffic', level: 1 }).waitFor();
  await page.evaluate(() => {
    // The types of this room have no DOM.
    const window = globalThis as unknown as {
      requestAnimationFrame(callback: (nowMs: number) => void): void;
      benchFrames?: number[];
    };
    const isRunning = window.benchFrames !== undefined;
    window.benchFrames = [];
    if (isRunning) return;
    let lastMs = performance.now();
    const next = (nowMs: number): void => {
      window.benchFrames?.push(nowMs - lastMs);
      lastMs = nowMs;
      window.requestAnimationFrame(next);
    };
    window.requestAnimationFrame(next);
  });
  await app.evaluate(({ app: electronApp }) => electronApp.getAppMetrics());
  await app.evaluate(
    async (_electron, { perSecond, length }) => {
      const TICK_MS = 50;
      const seam = globalThis as unknown as { posternTestSeam?: { feedTraffic(records: readonly object[]): void } };
      const beganAtMs = Date.now();
      let sequence = beganAtMs * 1000;
      await new Promise<void>((resolve) => {
        let fed = 0;
        const timer = setInterval(() => {
          const nowMs = Date.now();
          const due = Math.min(perSecond * length, Math.floor(((nowMs - beganAtMs) / 1000) * perSecond));
          const records = Array.from({ length: due - fed }, (_, index) => ({
            sequence: (sequence += 1),
            activityId: `00000000-0000-4000-8000-${String(sequence).padStart(12, '0').slice(-12)}`,
            applicationId: 'bench',
            applicationName: 'Intranet',
            userId: 'alice-id',
            userName: 'Alice Archer',
            method: 'GET',
            isUpgrade: false,
            url: `http://intranet.corp/page/${(fed + index) % 1000}`,
            startedAtMs: nowMs,
            status: index % 50 === 0 ? 404 : 200,
            requestBytes: 0,
            responseBytes: 1024,
            timing: { sentMs: 1, firstByteMs: 5, totalMs: 7 },
            connection: 'reused',
            outcome: 'complete',
            errorCode: null,
            errorHop: null,
            errorCause: null,
          }));
          fed = due;
          seam.posternTestSeam?.feedTraffic(records);
          if (fed < perSecond * length) return;
          clearInterval(timer);
          resolve();
        }, TICK_MS);
      });
    },
    { perSecond: rowsPerSecond, length: seconds },
  );
  const usage = await app.evaluate(({ app: electronApp }) =>
    electronApp.getAppMetrics().map(({ type, cpu, memory }) => ({
      type,
      cpu: cpu.percentCPUUsage,
      residentKib: memory.workingSetSize,
    })),
  );
  const { frames, heapBytes } = await page.evaluate(() => {
    const bench = globalThis as unknown as { benchFrames: number[] };
    const { memory } = performance as unknown as { memory: { usedJSHeapSize: number } };
    return { frames: bench.benchFrames.splice(0), heapBytes: memory.usedJSHeapSize };
  });
  const window = usage.find(({ type }) => type === 'Tab');
  return {
    rowsPerSecond,
    seconds,
    windowCpu: window?.cpu ?? Number.NaN,
    allCpu: usage.reduce((sum, { cpu }) => sum + cpu, 0),
    frames: frames.length,
    longestFrameMs: Math.max(...frames),
    framesOver50Ms: frames.filter((frameMs) => frameMs > 50).length,
    residentMib: (window?.residentKib ?? Number.NaN) / 1024,
    heapMib: heapBytes / 1_048_576,
  };
}
