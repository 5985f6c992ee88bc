import { SearchBox, Skeleton, SkeletonItem } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { AppsListDetailRegular } from '@fluentui/react-icons/svg/apps-list-detail';
import { type ReactElement, useEffect, useState } from 'react';
import type { Application } from '../../../src-shared/publishing/application.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useApplications } from '../../stores/applications-store.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useInputOwner } from '../../ui/use-input-owner.ts';
import { useText } from '../../ui/use-text.ts';
import { SignInPanel } from '../sign-in/sign-in-panel.tsx';
import { ApplicationDrawer, type FormTask, readOpenForm } from './application-drawer.tsx';
import { ApplicationTable } from './application-table.tsx';
import { ApplicationTestDialog } from './application-test-dialog.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { useApplicationHealth } from './use-application-health.ts';
import styles from './applications-page.module.css';

/** What is open beside the list. */
type Task = FormTask | { readonly kind: 'test' | 'delete'; readonly application: Application };

/** The published applications: find, publish, change, take back. */
export function ApplicationsPage(): ReactElement {
  const owner = useInputOwner();
  // What one account has open is not the next one's.
  return <ApplicationsOf key={owner} owner={owner} />;
}

/** @param owner null while nobody is signed in */
function ApplicationsOf({ owner }: { readonly owner: string | null }): ReactElement {
  const service = useAppState((state) => state.service);
  const { applications, error, isLoading, load } = useApplications();
  const [text, setText] = useState('');
  const [task, setTask] = useState<Task | null>(() => readOpenForm(owner));
  const words = useText('applications');
  const title = useText('shell').page.applications;
  const isSignedIn = owner !== null;
  const isSignInRequired = useAppState((state) => state.signIn.isRequired);
  const health = useApplicationHealth(isSignedIn && !isSignInRequired);
  useEffect(() => {
    if (!isSignedIn || isSignInRequired) return;
    const read = (): void => void load();
    read();
    // Others publish, too.
    window.addEventListener('focus', read);
    return () => window.removeEventListener('focus', read);
  }, [isSignedIn, isSignInRequired, load]);
  if (owner === null || service === null) {
    return (
      <>
        <PageHeader title={title} />
        <SignInPanel reason={words.signInReason} />
      </>
    );
  }
  const needle = text.trim().toLowerCase();
  const shown = (applications ?? []).filter(
    ({ displayName, description, onPremisesPublishing: { internalUrl, externalUrl } }) =>
      [displayName, description ?? '', internalUrl, externalUrl].some((part) => part.toLowerCase().includes(needle)),
  );
  const publish = (
    <ChangeButton appearance="primary" icon={<AddRegular />} onClick={() => setTask({ kind: 'publish' })}>
      {words.publish}
    </ChangeButton>
  );
  const isEmpty = applications !== null && applications.length === 0;
  return (
    <>
      <PageHeader
        title={title}
        subtitle={words.publishedThrough(service.displayName)}
        actions={isEmpty ? undefined : publish}
      />
      <div className={styles['body']}>
        {error === null ? null : (
          <ProblemBar
            title={words.listFailed}
            error={error}
            action={{ label: isLoading ? words.reading : words.tryAgain, run: () => void load() }}
          />
        )}
        {isEmpty ? (
          <EmptyState icon={<AppsListDetailRegular />} title={words.emptyTitle} action={publish}>
            {words.emptyText}
          </EmptyState>
        ) : (
          <>
            <SearchBox
              className={styles['search'] ?? ''}
              placeholder={words.search}
              aria-label={words.searchLabel}
              value={text}
              onChange={(_event, { value }) => setText(value)}
            />
            {applications === null ? (
              error === null ? (
                <Loading />
              ) : null
            ) : (
              <ApplicationTable
                applications={shown}
                health={health}
                text={text}
                onTest={(application) => setTask({ kind: 'test', application })}
                onDuplicate={(application) => setTask({ kind: 'duplicate', application })}
                onEdit={(application) => setTask({ kind: 'edit', application })}
                onDelete={(application) => setTask({ kind: 'delete', application })}
              />
            )}
          </>
        )}
      </div>
      {task?.kind === 'publish' || task?.kind === 'edit' || task?.kind === 'duplicate' ? (
        <ApplicationDrawer task={task} service={service} owner={owner} onClose={() => setTask(null)} />
      ) : null}
      {task?.kind === 'test' ? (
        <ApplicationTestDialog application={task.application} onClose={() => setTask(null)} />
      ) : null}
      {task?.kind === 'delete' ? <DeleteDialog application={task.application} onClose={() => setTask(null)} /> : null}
    </>
  );
}

function Loading(): ReactElement {
  const text = useText('applications');
  return (
    <Skeleton aria-label={text.readingList} className={styles['loading'] ?? ''}>
      {[0, 1, 2].map((row) => (
        <SkeletonItem key={row} size={32} />
      ))}
    </Skeleton>
  );
}
