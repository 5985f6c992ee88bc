import { Button, SearchBox, Skeleton, SkeletonItem } from '@fluentui/react-components';
import { ArrowClockwiseRegular } from '@fluentui/react-icons/svg/arrow-clockwise';
import { PeopleListRegular } from '@fluentui/react-icons/svg/people-list';
import { type ReactElement, useEffect, useState } from 'react';
import { SESSIONS_SHOWN } from '../../../src-shared/ipc/window-models.ts';
import type { SessionView } from '../../../src-shared/publishing/session.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useApplications } from '../../stores/applications-store.ts';
import { useNavigation } from '../../stores/navigation-store.ts';
import { ApplicationChoice } from '../../ui/application-choice.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatCount } from '../../ui/format.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { SignInPanel } from '../sign-in/sign-in-panel.tsx';
import { useText } from '../../ui/use-text.ts';
import { RevokeDialog } from './revoke-dialog.tsx';
import { SessionTable } from './session-table.tsx';
import styles from './sessions-page.module.css';
import { useSessions } from './use-sessions.ts';

/** Who is signed in, on which devices, and out with them (B22). */
export function SessionsPage(): ReactElement {
  const words = useText('sessions');
  const title = useText('shell').page.sessions;
  const isSignedIn = useAppState((state) => state.account !== null);
  const isSignInRequired = useAppState((state) => state.signIn.isRequired);
  const service = useAppState((state) => state.service);
  const { applications, load } = useApplications();
  const [text, setText] = useState('');
  const [applicationId, setApplicationId] = useState(useNavigation((store) => store.sessionsApplicationId));
  const [task, setTask] = useState<{ readonly session: SessionView; readonly isOfUser: boolean } | null>(null);
  const { found, error, isLoading, reload } = useSessions(text, applicationId);
  useEffect(() => {
    if (isSignedIn && !isSignInRequired) void load();
  }, [isSignedIn, isSignInRequired, load]);
  if (!isSignedIn || service === null) {
    return (
      <>
        <PageHeader title={title} />
        <SignInPanel reason={words.signInReason} />
      </>
    );
  }
  const isFiltered = text.trim() !== '' || applicationId !== null;
  return (
    <>
      <PageHeader
        title={title}
        subtitle={words.subtitle(service.displayName)}
        actions={
          <Button icon={<ArrowClockwiseRegular />} disabled={isLoading} onClick={reload}>
            {words.refresh}
          </Button>
        }
      />
      <div className={styles['body']}>
        {error === null ? null : (
          <ProblemBar
            title={words.listFailed}
            error={error}
            action={{ label: isLoading ? words.reading : words.tryAgain, run: reload }}
          />
        )}
        {found !== null && found.sessions.length === 0 && !isFiltered ? (
          <EmptyState icon={<PeopleListRegular />} title={words.emptyTitle}>
            {words.emptyText}
          </EmptyState>
        ) : (
          <>
            <div className={styles['filters']}>
              <SearchBox
                className={styles['search'] ?? ''}
                placeholder={words.search}
                aria-label={words.searchLabel}
                maxLength={120}
                value={text}
                onChange={(_event, { value }) => setText(value)}
              />
              <ApplicationChoice
                label={words.application}
                applications={applications ?? []}
                value={applicationId}
                onChange={setApplicationId}
              />
            </div>
            {found === null ? (
              error === null ? (
                <Loading />
              ) : null
            ) : found.sessions.length === 0 ? (
              <p className={styles['none']}>{words.noneMatches}</p>
            ) : (
              <SessionTable
                sessions={found.sessions}
                applications={applications ?? []}
                onRevoke={(session) => setTask({ session, isOfUser: false })}
                onRevokeUser={(session) => setTask({ session, isOfUser: true })}
              />
            )}
            {found?.hasMore === true ? (
              <p className={styles['more']}>{words.hasMore(formatCount(SESSIONS_SHOWN))}</p>
            ) : null}
          </>
        )}
      </div>
      {task === null ? null : <RevokeDialog {...task} onRevoked={reload} onClose={() => setTask(null)} />}
    </>
  );
}

function Loading(): ReactElement {
  const text = useText('sessions');
  return (
    <Skeleton aria-label={text.readingList} className={styles['loading'] ?? ''}>
      {[0, 1, 2].map((row) => (
        <SkeletonItem key={row} size={32} />
      ))}
    </Skeleton>
  );
}
