import { type ReactElement, useEffect, useState } from 'react';

/** `4:32`, counting down to a moment (ms since the epoch). Not for live regions, which would read out each second. */
export function TimeLeft({ atMs }: { readonly atMs: number }): ReactElement {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((atMs - nowMs) / 1000));
  return (
    <>
      {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
    </>
  );
}
