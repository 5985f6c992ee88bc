import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';

/** Scrolls to what it holds when that appears: news at the top of a form whose button is at its end. */
export function IntoView({ children }: { readonly children: ReactNode }): ReactElement {
  const own = useRef<HTMLDivElement>(null);
  useEffect(() => own.current?.scrollIntoView({ block: 'nearest' }), []);
  return <div ref={own}>{children}</div>;
}
