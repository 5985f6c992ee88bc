import { type RefObject, useEffect, useState } from 'react';

/** So near the edge counts as seen, so that what comes into view by scrolling is drawn before it does. */
const NEAR = '120px';

/** Whether any of an element can be seen, or nearly, where the page is scrolled to; true until that is known. */
export function useInView(element: RefObject<Element | null>): boolean {
  const [isInView, setInView] = useState(true);
  useEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    const observer = new IntersectionObserver((entries) => setInView(entries.at(-1)?.isIntersecting ?? true), {
      scrollMargin: NEAR,
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return isInView;
}
