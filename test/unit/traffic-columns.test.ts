import { expect, test } from 'vitest';
import {
  columnAtEdge,
  DEFAULT_LAYOUT,
  formatLayout,
  MAX_WIDTH_PX,
  MIN_WIDTH_PX,
  moveColumn,
  parseLayout,
  showColumns,
  sizeColumn,
} from '../../src-renderer/features/traffic/column-layout.ts';
import { layOutColumns } from '../../src-renderer/features/traffic/traffic-columns.ts';

test('a column takes the place of another, and those between make room', () => {
  const { order } = moveColumn(DEFAULT_LAYOUT, 'method', 'user');
  expect(order).toEqual(['time', 'status', 'url', 'user', 'method', 'application', 'duration', 'size']);
  expect(moveColumn({ order, widths: {} }, 'method', 'url').order).toEqual([
    'time',
    'status',
    'method',
    'url',
    'user',
    'application',
    'duration',
    'size',
  ]);
});

test('a column that is chosen anew stands where it usually does, and the others stay where they were put', () => {
  const moved = moveColumn(DEFAULT_LAYOUT, 'size', 'time');
  const shown = showColumns(moved, [...moved.order, 'firstByte']);
  expect(shown.order).toEqual([
    'size',
    'time',
    'status',
    'method',
    'url',
    'user',
    'application',
    'firstByte',
    'duration',
  ]);
  expect(showColumns(moved, ['time']).order).toEqual(['time', 'url']);
});

test('a column whose width was set keeps it, and the others share what is left over', () => {
  const { order, widths } = sizeColumn(DEFAULT_LAYOUT, 'url', 300.4);
  expect(layOutColumns(order, widths).template).toBe(
    '92px 52px 60px 300px minmax(60px, 1fr) minmax(76px, 1fr) 72px 68px',
  );
  expect(sizeColumn(DEFAULT_LAYOUT, 'url', -5).widths).toEqual({ url: MIN_WIDTH_PX });
  expect(sizeColumn(DEFAULT_LAYOUT, 'url', 1e9).widths).toEqual({ url: MAX_WIDTH_PX });
});

test('an edge sizes the column that makes it follow the pointer', () => {
  const { order, widths } = DEFAULT_LAYOUT;
  expect(columnAtEdge(order, widths, 0)).toEqual({ column: 'time', direction: 1 });
  expect(columnAtEdge(order, widths, order.indexOf('url'))).toEqual({ column: 'url', direction: 1 });
  // Right of the last one that takes what is left over, columns hang on the right edge of the list.
  expect(columnAtEdge(order, widths, order.indexOf('application'))).toEqual({ column: 'duration', direction: -1 });
  const fixed = { url: 100, user: 100, application: 100 };
  expect(columnAtEdge(order, fixed, order.indexOf('application'))).toEqual({ column: 'application', direction: 1 });
  expect(columnAtEdge(order, fixed, order.length - 1)).toEqual({ column: 'size', direction: 1 });
});

test('an arrangement is kept as text, and what can’t be read of it is left out', () => {
  const layout = sizeColumn(moveColumn(DEFAULT_LAYOUT, 'url', 'time'), 'user', 200);
  expect(parseLayout(formatLayout(layout))).toEqual(layout);
  // The width of one that is hidden was lost at the next start.
  const hidden = showColumns(sizeColumn(layout, 'size', 90), ['url', 'time']);
  expect(parseLayout(formatLayout(hidden))).toEqual(hidden);
  expect(showColumns(parseLayout(formatLayout(hidden)), ['url', 'size']).widths).toMatchObject({ size: 90, user: 200 });
  expect(parseLayout('status,colour:3,time:12,time:99,user:x,size:999999999,application:-1')).toEqual({
    order: ['status', 'url', 'time', 'user', 'size', 'application'],
    widths: { time: MIN_WIDTH_PX },
  });
  expect(parseLayout('').order).toEqual(['url']);
});
