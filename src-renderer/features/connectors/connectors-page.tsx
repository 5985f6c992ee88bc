import { Skeleton, SkeletonItem, Tab, TabList } from '@fluentui/react-components';
import { AddRegular } from '@fluentui/react-icons/svg/add';
import { type ReactElement, useEffect, useEffectEvent, useState } from 'react';
import type { ConnectorGroup } from '../../../src-shared/publishing/application.ts';
import { useAppState } from '../../stores/app-store.ts';
import { forgetInput, keepInput, readKeptInput } from '../../stores/kept-input.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { formatCount } from '../../ui/format.ts';
import { useNotify } from '../../ui/notify.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useInputOwner } from '../../ui/use-input-owner.ts';
import { useText } from '../../ui/use-text.ts';
import { SignInPanel } from '../sign-in/sign-in-panel.tsx';
import { ConnectorDrawer } from './connector-drawer.tsx';
import { ConnectorTable } from './connector-table.tsx';
import styles from './connectors-page.module.css';
import { findLosses } from './connector-view.ts';
import { DrainDialog, useDrain } from './drain-dialog.tsx';
import { EndConnectorDialog } from './end-connector-dialog.tsx';
import { EnrolmentTokenTable } from './enrolment-token-table.tsx';
import { CreateGroupDialog, DeleteGroupDialog } from './group-dialogs.tsx';
import { GroupDrawer } from './group-drawer.tsx';
import { GroupTable } from './group-table.tsx';
import { InstallDialog } from './install-dialog.tsx';
import { type ConnectorLists, useConnectorLists } from './use-connector-lists.ts';

const TABS = ['connectors', 'groups', 'tokens'] as const;
type TabName = (typeof TABS)[number];

/** What is open beside the lists. */
type Task =
  | { readonly kind: 'install' }
  | { readonly kind: 'createGroup' }
  | { readonly kind: 'connector' | 'drain' | 'revoke' | 'remove'; readonly id: string }
  | { readonly kind: 'group' | 'deleteGroup'; readonly id: string };

interface Shown {
  readonly tab: TabName;
  readonly task: Task | null;
}

const FRESH: Shown = { tab: 'connectors', task: null };
const KEPT_UNDER = 'connectors-page';
/** Whether it has something typed in it, and so comes back; a question that was left open doesn't. */
const HOLDS_INPUT: Readonly<Record<Task['kind'], boolean>> = {
  install: true,
  createGroup: true,
  connector: true,
  group: true,
  drain: false,
  revoke: false,
  remove: false,
  deleteGroup: false,
};

/** Every connector of the service, their groups, and the tokens with which machines become further ones. */
export function ConnectorsPage(): ReactElement {
  const owner = useInputOwner();
  // What one account has open is not the next one's.
  return <ConnectorsOf key={owner} owner={owner} />;
}

/** @param owner null while nobody is signed in */
function ConnectorsOf({ owner }: { readonly owner: string | null }): ReactElement {
  const service = useAppState((state) => state.service);
  const { lists, error, isLoading, load } = useConnectorLists();
  const [{ tab, task }, setShown] = useState(() => readKeptInput(KEPT_UNDER, owner, FRESH));
  const show = (next: Shown): void => {
    setShown(next);
    if (next.task !== null && HOLDS_INPUT[next.task.kind]) keepInput(KEPT_UNDER, owner, next);
    else forgetInput(KEPT_UNDER);
  };
  const setTask = (next: Task | null): void => show({ tab, task: next });
  const text = useText('connectors');
  const title = useText('shell').page.connectors;
  const notify = useNotify();
  const drain = useDrain(load);
  if (owner === null || service === null) {
    return (
      <>
        <PageHeader title={title} />
        <SignInPanel reason={text.signInReason} />
      </>
    );
  }
  const close = (): void => setTask(null);
  return (
    <>
      <PageHeader
        title={title}
        subtitle={text.subtitle(service.displayName)}
        actions={
          <ChangeButton appearance="primary" icon={<AddRegular />} onClick={() => setTask({ kind: 'install' })}>
            {text.install}
          </ChangeButton>
        }
      />
      <div className={styles['body']}>
        {error === null ? null : (
          <ProblemBar
            title={text.listFailed}
            error={error}
            action={{ label: isLoading ? text.reading : text.tryAgain, run: load }}
          />
        )}
        {lists === null ? (
          error === null ? (
            <Loading />
          ) : null
        ) : (
          <>
            <TabList
              className={styles['tabs'] ?? ''}
              aria-label={text.sections}
              selectedValue={tab}
              onTabSelect={(_event, { value }) =>
                show({ tab: TABS.find((each) => each === value) ?? 'connectors', task })
              }
            >
              {TABS.map((name) => (
                <Tab key={name} value={name}>
                  {text.tabs[name](formatCount(lists[name].length))}
                </Tab>
              ))}
            </TabList>
            {tab === 'connectors' ? (
              <ConnectorTable
                lists={lists}
                onOpen={({ id }) => setTask({ kind: 'connector', id })}
                onDrain={(connector, isDraining) => {
                  if (isDraining && findLosses(connector, lists, text) !== null) {
                    setTask({ kind: 'drain', id: connector.id });
                    return;
                  }
                  const failed = text.changeFailed(connector.displayName);
                  drain(connector, isDraining).catch((failure: unknown) => notify.failure(failed, failure));
                }}
                onEnd={({ id }, kind) => setTask({ kind, id })}
              />
            ) : tab === 'groups' ? (
              <GroupTable
                lists={lists}
                onCreate={() => setTask({ kind: 'createGroup' })}
                onOpen={({ id }) => setTask({ kind: 'group', id })}
                onDelete={({ id }) => setTask({ kind: 'deleteGroup', id })}
              />
            ) : (
              <EnrolmentTokenTable {...lists} onRevoked={load} />
            )}
          </>
        )}
      </div>
      {task?.kind === 'install' ? (
        <InstallDialog
          groups={lists?.groups ?? []}
          serviceUrl={service.serviceUrl}
          onClose={() => {
            close();
            load();
          }}
        />
      ) : task !== null && lists !== null ? (
        <OpenTask task={task} lists={lists} load={load} onClose={close} />
      ) : null}
    </>
  );
}

interface OpenTaskProps {
  readonly task: Task;
  readonly lists: ConnectorLists;
  readonly load: () => void;
  readonly onClose: () => void;
}

/** Shows things as the lists have them now, and says where they are gone. */
function OpenTask({ task, lists, load, onClose }: OpenTaskProps): ReactElement | null {
  const common = { lists, onClose };
  if (task.kind === 'install') return null;
  if (task.kind === 'createGroup') return <CreateGroupDialog onDone={load} onClose={onClose} />;
  if (task.kind === 'group' || task.kind === 'deleteGroup') {
    const group: ConnectorGroup | undefined = lists.groups.find(({ id }) => id === task.id);
    if (group === undefined) return <Gone onClose={onClose} />;
    if (task.kind === 'group') return <GroupDrawer {...common} group={group} onChanged={load} />;
    return <DeleteGroupDialog {...common} group={group} onDone={load} />;
  }
  const connector = lists.connectors.find(({ id }) => id === task.id);
  if (connector === undefined) return <Gone onClose={onClose} />;
  if (task.kind === 'connector') return <ConnectorDrawer {...common} connector={connector} onChanged={load} />;
  if (task.kind === 'drain') return <DrainDialog {...common} connector={connector} onDone={load} />;
  return <EndConnectorDialog {...common} connector={connector} how={task.kind} onDone={load} />;
}

/** Another administrator was quicker. */
function Gone({ onClose }: { readonly onClose: () => void }): null {
  const text = useText('connectors');
  const notify = useNotify();
  const tell = useEffectEvent(() => {
    notify.hint(text.gone);
    onClose();
  });
  useEffect(() => tell(), []);
  return null;
}

function Loading(): ReactElement {
  const text = useText('connectors');
  return (
    <Skeleton aria-label={text.readingList} className={styles['loading'] ?? ''}>
      {[0, 1, 2].map((row) => (
        <SkeletonItem key={row} size={32} />
      ))}
    </Skeleton>
  );
}
