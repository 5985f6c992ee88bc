import { type ReactElement, useState } from 'react';
import type { ApplicationRejection } from '../../../src-shared/connector/engine-state.ts';
import type { ApplicationHealth } from '../../../src-shared/publishing/application-health.ts';
import type { Application } from '../../../src-shared/publishing/application.ts';
import { useAppState } from '../../stores/app-store.ts';
import { type Column, ListTable } from '../../ui/list-table.tsx';
import { VirtualRows } from '../../ui/virtual-rows.tsx';
import { useLanguage, useText } from '../../ui/use-text.ts';
import { type ApplicationOrder, orderBy, SORTABLE_COLUMNS, type SortableColumn, sortBy } from './application-order.ts';
import { ApplicationRow, type ApplicationRowActions, describeAccess } from './application-row.tsx';
import { type ApplicationStatus, describeApplicationStatus } from './application-status.ts';
import styles from './application-table.module.css';

export interface ApplicationTableProps extends ApplicationRowActions {
  readonly applications: readonly Application[];
  /** By the id of the application. */
  readonly health: ReadonlyMap<string, ApplicationHealth>;
  /** What the list was searched for. */
  readonly text: string;
}

interface Row {
  readonly application: Application;
  readonly status: ApplicationStatus;
  readonly access: string;
}

/** The addresses have what is left. */
const WIDTHS: Partial<Record<SortableColumn, { readonly width: string }>> = {
  name: { width: '20%' },
  status: { width: '128px' },
};
/** Two lines. */
const ROW_PX = 45;
const NONE: readonly ApplicationRejection[] = [];

export function ApplicationTable({ applications, health, text, ...actions }: ApplicationTableProps): ReactElement {
  const words = useText('applications');
  const language = useLanguage();
  const statusText = useText('applicationStatus');
  const shell = useText('shell');
  const rejected = useAppState(({ engine }) => engine?.rejectedApplications ?? NONE);
  const [order, setOrder] = useState<ApplicationOrder>({ column: 'name', isDescending: false });
  if (applications.length === 0) return <p className={styles['none']}>{words.noneMatches(text.trim())}</p>;
  const rows = applications.map((application): Row => {
    // The connector knows each pair of addresses of an application with segments by itself.
    const rejection = rejected.find(({ id }) => id.split(' ')[0] === application.id);
    return {
      application,
      status: describeApplicationStatus(application, health.get(application.id), rejection, statusText, language),
      access: describeAccess(application, words.access),
    };
  });
  const columns: readonly Column[] = [
    ...SORTABLE_COLUMNS.map((column): Column => ({
      title: words.column[column],
      ...WIDTHS[column],
      sorting: {
        direction: order.column === column ? (order.isDescending ? 'descending' : 'ascending') : null,
        onSort: () => setOrder((before) => orderBy(before, column)),
      },
    })),
    { title: words.column.maintenance, width: '84px' },
    { title: words.column.actions, width: '32px', isUntitled: true },
  ];
  return (
    <ListTable label={shell.page.applications} columns={columns} rowCount={rows.length}>
      <VirtualRows
        items={sortBy(rows, order, sortValue)}
        keyOf={({ application }) => application.id}
        estimatePx={ROW_PX}
      >
        {(row, place) => <ApplicationRow key={row.application.id} {...row} {...actions} place={place} />}
      </VirtualRows>
    </ListTable>
  );
}

function sortValue({ application, status }: Row, column: SortableColumn): string | number {
  switch (column) {
    case 'name':
      return application.displayName;
    case 'status':
      return status.rank;
    case 'addresses':
      return application.onPremisesPublishing.externalUrl;
  }
}
