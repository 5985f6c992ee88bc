/** Where a log goes, as pino makes it (`pino.destination`). */
export interface FailingSink {
  /** A write failed; what it should have written is kept, and written again with what comes next. */
  on(event: 'error', listener: () => void): unknown;
  /** All is written. */
  on(event: 'drain', listener: () => void): unknown;
  destroy(): void;
}

/** The process whose log it is. */
export interface EndingProcess {
  prependListener(event: 'exit', listener: () => void): unknown;
}

/**
 * Has a process live on while its log can not be written (a full disk), and end all the same: a failure that nobody listens to would
 * end it, and pino's own last flush tries for ever then.
 * @returns whether the last write failed
 */
export function outliveFailures(sink: FailingSink, process: EndingProcess): () => boolean {
  let isFailing = false;
  sink.on('error', () => {
    isFailing = true;
  });
  sink.on('drain', () => {
    isFailing = false;
  });
  // Before pino's own listener, which leaves alone what is destroyed.
  process.prependListener('exit', () => {
    if (isFailing) sink.destroy();
  });
  return () => isFailing;
}
