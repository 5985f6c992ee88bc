import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { Fragment, type ReactElement, type ReactNode, type Ref, useLayoutEffect, useRef, useState } from 'react';

/** What a row of a long list must put on its element. */
export interface VirtualRowProps {
  readonly ref: (row: HTMLElement | null) => void;
  readonly 'data-index': number;
  /** The line of titles is the first. */
  readonly 'aria-rowindex': number;
  readonly onFocus: () => void;
}

export interface VirtualRowsProps<Item> {
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  /** How high most rows are; each is measured once it is there. */
  readonly estimatePx: number;
  readonly children: (item: Item, row: VirtualRowProps) => ReactNode;
}

/** Rows that are there beyond what is seen, so that the keyboard finds the next one. */
const OVERSCAN_ROWS = 12;

/**
 * The rows of a table of which only those in sight are in the document, in whatever scrolls around it: a list of thousands opens and is
 * sorted as fast as one of ten. The row that had the focus last stays there, too, wherever it is: else the keyboard would be lost with it.
 * Stands within a `tbody`.
 */
export function VirtualRows<Item>({ items, keyOf, estimatePx, children }: VirtualRowsProps<Item>): ReactElement {
  const start = useRef<HTMLTableRowElement>(null);
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  const [marginPx, setMarginPx] = useState(0);
  const [focused, setFocused] = useState<string | null>(null);
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- what stands above the table comes and goes with any render; the same number again renders nothing
  useLayoutEffect(() => {
    const found = findScroller(start.current);
    setScroller(found);
    if (found === null || start.current === null) return;
    setMarginPx(
      Math.round(start.current.getBoundingClientRect().top - found.getBoundingClientRect().top + found.scrollTop),
    );
  });
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
    estimateSize: () => estimatePx,
    overscan: OVERSCAN_ROWS,
    scrollMargin: marginPx,
    rangeExtractor: (range) => {
      const inSight = defaultRangeExtractor(range);
      const at = focused === null ? -1 : items.findIndex((item) => keyOf(item) === focused);
      return at === -1 || inSight.includes(at) ? inSight : [...inSight, at].toSorted((a, b) => a - b);
    },
  });
  const shown = virtualizer.getVirtualItems();
  const before = (shown[0]?.start ?? marginPx) - marginPx;
  const after = virtualizer.getTotalSize() - ((shown.at(-1)?.end ?? marginPx) - marginPx);
  return (
    <>
      <Space ref={start} heightPx={before} />
      {shown.map(({ index, key, start: startPx }, at) => {
        const item = items[index];
        if (item === undefined) return null;
        const gapPx = startPx - (shown[at - 1]?.end ?? startPx);
        return (
          <Fragment key={key}>
            {gapPx > 0 ? <Space heightPx={gapPx} /> : null}
            {children(item, {
              ref: virtualizer.measureElement,
              'data-index': index,
              'aria-rowindex': index + 2,
              onFocus: () => setFocused(keyOf(item)),
            })}
          </Fragment>
        );
      })}
      {after > 0 ? <Space heightPx={after} /> : null}
    </>
  );
}

interface SpaceProps {
  readonly ref?: Ref<HTMLTableRowElement>;
  readonly heightPx: number;
}

/** Takes the room of rows that aren't there. */
function Space({ ref = null, heightPx }: SpaceProps): ReactElement {
  return <tr ref={ref} aria-hidden style={{ display: 'block', height: heightPx }} />;
}

function findScroller(element: HTMLElement | null): HTMLElement | null {
  for (let found = element?.parentElement ?? null; found !== null; found = found.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(found).overflowY)) return found;
  }
  return null;
}
