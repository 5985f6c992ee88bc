import { connectInspector } from './inspector.ts';

/** What is kept: objects, and the memory of buffers outside of V8's heap. */
interface HeapUsage {
  readonly usedSize: number;
  readonly backingStorageSize: number;
}

/**
 * What a process of Node keeps, asked by its inspector, which collects the garbage first.
 * @returns a function that says it, octets; `close` ends the asking
 */
export async function watchHeap(inspectorUrl: string): Promise<{ keptBytes(): Promise<number>; close(): void }> {
  const inspector = await connectInspector(inspectorUrl);
  return {
    async keptBytes() {
      await inspector.ask('HeapProfiler.collectGarbage');
      const { usedSize, backingStorageSize } = (await inspector.ask('Runtime.getHeapUsage')) as HeapUsage;
      return usedSize + backingStorageSize;
    },
    close: () => inspector.close(),
  };
}
