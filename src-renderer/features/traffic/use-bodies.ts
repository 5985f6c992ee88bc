import { useEffect, useState } from 'react';
import type { BodiesView } from '../../../src-shared/connector/body-capture.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';

/** The bodies of a request; undefined until they have come, null where none are held. Asked for again when another was captured or all were discarded. */
export function useBodies(sequence: number): BodiesView | null | undefined {
  const kept = useAppState(({ bodyCapture }) => bodyCapture.kept);
  const [bodies, setBodies] = useState<BodiesView | null | undefined>(undefined);
  useEffect(() => {
    let isOver = false;
    const read = kept === 0 ? Promise.resolve(null) : call('readTrafficBodies', { sequence }).catch(() => null);
    void read.then((found) => {
      if (!isOver) setBodies(found);
    });
    return () => {
      isOver = true;
    };
  }, [sequence, kept]);
  return bodies;
}
