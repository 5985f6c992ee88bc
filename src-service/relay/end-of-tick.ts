/** Holds something back until the end of this tick. */
export interface HeldBack {
  flush(): void;
}

let waiting: HeldBack[] = [];

/** Has it flushed as this tick ends. One task for all: most have ended by then, and would each have paid for one. */
export function flushAtEndOfTick(held: HeldBack): void {
  if (waiting.length === 0) setImmediate(flushWaiting);
  waiting.push(held);
}

function flushWaiting(): void {
  const due = waiting;
  waiting = [];
  for (const held of due) held.flush();
}
