import { type ReactElement, useEffect, useState } from 'react';

/** `7 s`, counting down to a moment (ms since the epoch). */
export function SecondsUntil({ atMs }: { readonly atMs: number }): ReactElement {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return <>{Math.max(0, Math.ceil((atMs - nowMs) / 1000))} s</>;
}
