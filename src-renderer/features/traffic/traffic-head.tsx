import { type KeyboardEvent, memo, type PointerEvent, type ReactElement, useState } from 'react';
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';
import { type ColumnLayout, columnAtEdge, moveColumn, sizeColumn } from './column-layout.ts';
import { isFlexible, type TrafficColumn } from './traffic-columns.ts';
import styles from './traffic-head.module.css';

/** The element that says what keys do to a column. */
export const COLUMN_KEYS_ID = 'traffic-column-keys';

/** Each press of a key makes a column so much wider or narrower. */
const STEP_PX = 8;
/** A pointer that moves less wants no column moved. */
const DRAG_BEGINS_PX = 5;

export interface TrafficHeadProps {
  readonly columns: readonly TrafficColumn[];
  readonly layout: ColumnLayout;
  readonly text: Catalogue['traffic'];
  readonly onLayout: (layout: ColumnLayout) => void;
  /** A layout on the way to another: shown, not kept. */
  readonly onSizing: (layout: ColumnLayout) => void;
  /** What a key has changed, for those who don't see it. */
  readonly say: (said: string) => void;
  /** Down or Escape: back to the requests. */
  readonly onLeave: () => void;
}

/** Puts the keyboard on the first of the titles within an element. */
export function focusHead(within: Element | null): void {
  within?.querySelector<HTMLElement>('[role=columnheader]')?.focus();
}

/**
 * The titles of the columns: dragged to another place, sized by their edges, fitted to what is seen by a double click on one. By the keyboard
 * Shift and an arrow size, Alt and an arrow move, Enter fits.
 *
 * Fluent's `useTableColumnSizing` would give every cell of every row its width with each move of the pointer, and has neither an order nor a fit.
 */
export const TrafficHead = memo(function TrafficHead(props: TrafficHeadProps): ReactElement {
  const { columns, layout, text, onLayout, onSizing, say } = props;
  const [dragged, setDragged] = useState<{ readonly column: TrafficColumn; readonly to: TrafficColumn } | null>(null);

  const startDragging = (event: PointerEvent<HTMLElement>, column: TrafficColumn): void => {
    if (event.button !== 0) return;
    const title = event.currentTarget;
    const beganX = event.clientX;
    let to: TrafficColumn | null = null;
    follow(event, {
      onMove: ({ clientX }) => {
        if (to === null && Math.abs(clientX - beganX) < DRAG_BEGINS_PX) return;
        to = columnAt(title, columns, clientX);
        setDragged({ column, to });
      },
      onEnd: (isDropped) => {
        setDragged(null);
        if (isDropped && to !== null && to !== column) onLayout(moveColumn(layout, column, to));
      },
    });
  };

  const startSizing = (event: PointerEvent<HTMLElement>, index: number): void => {
    event.stopPropagation();
    if (event.button !== 0) return;
    const { column, direction } = columnAtEdge(columns, layout.widths, index);
    const beganX = event.clientX;
    const beganPx = widthOf(titleOf(event.currentTarget, columns.indexOf(column)));
    let sized = layout;
    follow(event, {
      onMove: ({ clientX }) => {
        sized = sizeColumn(layout, column, beganPx + direction * (clientX - beganX));
        onSizing(sized);
      },
      onEnd: (isDropped) => {
        if (isDropped) onLayout(sized);
        else onSizing(layout);
      },
    });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>, column: TrafficColumn, index: number): void => {
    const title = event.currentTarget;
    const step = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (step === 0) {
      if (event.key === 'ArrowDown' || event.key === 'Escape') props.onLeave();
      else if (event.key === 'Home') titleOf(title, 0)?.focus();
      else if (event.key === 'End') titleOf(title, columns.length - 1)?.focus();
      else if (event.key === 'Enter') resize(column, widthThatFits(title, index));
      else return;
    } else if (event.shiftKey) {
      resize(column, widthOf(title) + step * STEP_PX);
    } else if (event.altKey) {
      const to = columns[index + step];
      if (to !== undefined) {
        onLayout(moveColumn(layout, column, to));
        say(text.columnMoved(text.columns[column], index + step + 1, columns.length));
      }
    } else {
      titleOf(title, index + step)?.focus();
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const resize = (column: TrafficColumn, widthPx: number): void => {
    const changed = sizeColumn(layout, column, widthPx);
    onLayout(changed);
    say(text.columnSized(text.columns[column], changed.widths[column] ?? 0));
  };

  const isStretched = columns.some((column) => isFlexible(column, layout.widths));
  return (
    <div role="row" aria-rowindex={1} className={styles['columns']}>
      {columns.map((column, index) => (
        <div
          key={column}
          role="columnheader"
          tabIndex={-1}
          aria-describedby={COLUMN_KEYS_ID}
          className={styles['title']}
          data-column={column}
          data-drop={dropSide(dragged, column, columns)}
          data-dragged={dragged?.column === column ? true : undefined}
          onKeyDown={(event) => onKeyDown(event, column, index)}
          onPointerDown={(event) => startDragging(event, column)}
        >
          <span className={styles['text']}>{text.columns[column]}</span>
          {index < columns.length - 1 || !isStretched ? (
            <span
              className={styles['edge']}
              aria-hidden="true"
              onPointerDown={(event) => startSizing(event, index)}
              onDoubleClick={(event) => resize(column, widthThatFits(event.currentTarget, index))}
            />
          ) : null}
        </div>
      ))}
    </div>
  );
});

/** On which side of a title the dragged one would stand. */
function dropSide(
  dragged: { readonly column: TrafficColumn; readonly to: TrafficColumn } | null,
  column: TrafficColumn,
  columns: readonly TrafficColumn[],
): 'left' | 'right' | undefined {
  if (dragged?.to !== column || dragged.column === column) return undefined;
  return columns.indexOf(column) < columns.indexOf(dragged.column) ? 'left' : 'right';
}

/** Follows the pointer until it is let go, or Escape or the system ends that, or the element is gone. */
function follow(
  event: PointerEvent<HTMLElement>,
  steps: {
    readonly onMove: (event: globalThis.PointerEvent) => void;
    readonly onEnd: (isDropped: boolean) => void;
  },
): void {
  const { currentTarget, pointerId } = event;
  const listening = new AbortController();
  const { signal } = listening;
  const end = (isDropped: boolean): void => {
    listening.abort();
    steps.onEnd(isDropped);
  };
  currentTarget.setPointerCapture(pointerId);
  currentTarget.addEventListener('pointermove', steps.onMove, { signal });
  currentTarget.addEventListener('pointerup', () => end(true), { signal });
  currentTarget.addEventListener('pointercancel', () => end(false), { signal });
  // Told to the document where the element is gone.
  document.addEventListener('lostpointercapture', () => end(false), { signal });
  window.addEventListener(
    'keydown',
    (pressed) => {
      if (pressed.key !== 'Escape') return;
      pressed.preventDefault();
      pressed.stopPropagation();
      end(false);
    },
    { signal, capture: true },
  );
}

function titlesAround(element: Element): HTMLElement[] {
  return [...(element.closest('[role=row]')?.querySelectorAll<HTMLElement>('[role=columnheader]') ?? [])];
}

function titleOf(element: Element, index: number): HTMLElement | undefined {
  return titlesAround(element)[index];
}

/** Of its column: the title itself reaches into the gap. */
function widthOf(title: HTMLElement | undefined): number {
  return title?.firstElementChild?.getBoundingClientRect().width ?? 0;
}

function columnAt(element: Element, columns: readonly TrafficColumn[], clientX: number): TrafficColumn {
  const titles = titlesAround(element);
  const index = titles.findIndex((title) => clientX < title.getBoundingClientRect().right);
  return columns[index === -1 ? columns.length - 1 : index] ?? columns[0] ?? 'url';
}

/** Of the title and of the rows that exist. */
function widthThatFits(element: Element, index: number): number {
  const cells = element.closest('[role=grid]')?.querySelectorAll(`[aria-selected] > :nth-child(${index + 1})`) ?? [];
  const title = titleOf(element, index)?.firstElementChild ?? element;
  const range = document.createRange();
  const widths = [title, ...cells].map((cell) => {
    range.selectNodeContents(cell);
    return range.getBoundingClientRect().width;
  });
  // Half a pixel less shows as three dots.
  return Math.ceil(Math.max(...widths)) + 1;
}
