import { Table, TableBody, TableHeader, TableHeaderCell, TableRow } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';
import styles from './list-table.module.css';

export interface Column {
  readonly title: string;
  /** As CSS has it; what is left over is shared by those that name none. */
  readonly width?: string;
  /** Its title is there for screen readers alone. */
  readonly isUntitled?: boolean;
  /** Where the list can stand by this column: whether it does, and what a click does. */
  readonly sorting?: { readonly direction: 'ascending' | 'descending' | null; readonly onSort: () => void };
}

export interface ListTableProps {
  readonly label: string;
  readonly columns: readonly Column[];
  /** How many rows there are where only those in sight are in the document. */
  readonly rowCount?: number;
  /** Its rows. */
  readonly children: ReactNode;
}

/** A list of things of one kind, on a card. Columns keep their widths whatever is in them. */
export function ListTable({ label, columns, rowCount, children }: ListTableProps): ReactElement {
  return (
    <div className={styles['card']}>
      <Table
        aria-label={label}
        {...(rowCount === undefined ? {} : { 'aria-rowcount': rowCount + 1 })}
        className={styles['table'] ?? ''}
        sortable={columns.some(({ sorting }) => sorting !== undefined)}
      >
        <TableHeader>
          <TableRow {...(rowCount === undefined ? {} : { 'aria-rowindex': 1 })}>
            {columns.map(({ title, width, isUntitled = false, sorting }) => (
              <TableHeaderCell
                key={title}
                {...(width === undefined ? {} : { style: { width } })}
                sortable={sorting !== undefined}
                {...(sorting === undefined ? {} : { onClick: sorting.onSort })}
                {...(sorting === undefined || sorting.direction === null ? {} : { sortDirection: sorting.direction })}
                {...(isUntitled ? { 'aria-label': title } : {})}
              >
                {isUntitled ? null : title}
              </TableHeaderCell>
            ))}
          </TableRow>
        </TableHeader>
        <TableBody>{children}</TableBody>
      </Table>
    </div>
  );
}

export interface CutTextProps {
  readonly children: ReactNode;
  readonly isStrong?: boolean;
  readonly isAside?: boolean;
  /** The whole of it, for whoever points at it; the text itself where that is all. */
  readonly title?: string;
}

/** One line of a cell, cut where the column ends. */
export function CutText({ children, isStrong = false, isAside = false, title }: CutTextProps): ReactElement {
  return (
    <span
      className={styles['cut']}
      data-strong={isStrong}
      data-aside={isAside}
      title={title ?? (typeof children === 'string' ? children : undefined)}
    >
      {children}
    </span>
  );
}

/** A mark and its text, side by side. */
export function Marked({ children }: { readonly children: ReactNode }): ReactElement {
  return <span className={styles['marked']}>{children}</span>;
}
