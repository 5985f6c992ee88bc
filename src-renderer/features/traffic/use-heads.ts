import { useEffect, useState } from 'react';
import type { TrafficHeads } from '../../../src-shared/connector/traffic-heads.ts';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import { call } from '../../bridge/bridge.ts';

/** The headers of a request, asked for as somebody looks; undefined until the answer has come, null where none are kept. */
export function useHeads({ sequence, status, outcome }: TrafficRecord): TrafficHeads | null | undefined {
  const [heads, setHeads] = useState<TrafficHeads | null | undefined>(undefined);
  useEffect(() => {
    let isOver = false;
    // Headers are a nicety: where they can't be read the rest of the details stands.
    const read = call('readTrafficHeads', { sequence }).catch(() => null);
    void read.then((found) => {
      if (!isOver) setHeads(found);
    });
    return () => {
      isOver = true;
    };
  }, [sequence, status, outcome]);
  return heads;
}
