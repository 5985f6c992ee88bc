import {
  Button,
  DrawerBody,
  DrawerFooter,
  DrawerHeader,
  DrawerHeaderTitle,
  MessageBar,
  MessageBarBody,
  OverlayDrawer,
} from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import { type ReactElement, useState } from 'react';
import type { ServiceSummary } from '../../../src-shared/ipc/window-models.ts';
import type { Application } from '../../../src-shared/publishing/application.ts';
import { call, CallError } from '../../bridge/bridge.ts';
import { useApplications } from '../../stores/applications-store.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { useNotify } from '../../ui/notify.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import { SignInAgain } from '../sign-in/sign-in-again.tsx';
import {
  createOf,
  type DraftProblems,
  draftOf,
  emptyDraft,
  fieldOfTarget,
  findDraftProblems,
} from './application-draft.ts';
import { ApplicationForm } from './application-form.tsx';
import { AssignedPeople } from './assigned-people.tsx';
import styles from './application-drawer.module.css';

export interface ApplicationDrawerProps {
  /** The application to edit; null to publish a new one. */
  readonly application: Application | null;
  readonly service: ServiceSummary;
  readonly onClose: () => void;
}

/** Publishes a new application or changes one, beside the list. */
export function ApplicationDrawer({ application, service, onClose }: ApplicationDrawerProps): ReactElement {
  const [draft, setDraft] = useState(() => (application === null ? emptyDraft('') : draftOf(application, service)));
  const refusal = useChangeRefusal();
  const [isSubmitted, setSubmitted] = useState(false);
  const { put } = useApplications();
  const notify = useNotify();
  const save = useAction(async () => {
    const body = createOf(draft, service);
    const saved =
      application === null
        ? await call('createApplication', {
            application: body,
            people: draft.access === 'people' ? [...draft.people] : [],
          })
        : await call('updateApplication', { id: application.id, patch: body });
    put(saved);
    notify.success(application === null ? `${saved.displayName} is published` : `${saved.displayName} is saved`);
    onClose();
  });
  const submit = (): void => {
    setSubmitted(true);
    if (Object.keys(findDraftProblems(draft, service)).length === 0) void save.run();
  };
  const field = save.error instanceof CallError ? fieldOfTarget(save.error.target) : null;
  const serviceProblems: DraftProblems =
    field !== null && save.error instanceof CallError ? { [field]: save.error.message } : {};
  return (
    <OverlayDrawer
      open
      position="end"
      size="medium"
      modalType="modal"
      onOpenChange={(_event, { open }) => !open && onClose()}
    >
      <DrawerHeader>
        <DrawerHeaderTitle
          action={<Button appearance="subtle" aria-label="Close" icon={<DismissRegular />} onClick={onClose} />}
        >
          {application === null
            ? 'Publish an application'
            : `${refusal === null ? 'Edit ' : ''}${application.displayName}`}
        </DrawerHeaderTitle>
      </DrawerHeader>
      <DrawerBody>
        <SignInAgain isOverlay />
        {refusal === null ? null : (
          <MessageBar intent="info" layout="multiline">
            <MessageBarBody>{refusal}</MessageBarBody>
          </MessageBar>
        )}
        <form
          id="application"
          className={styles['form']}
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <fieldset className={styles['fields']} disabled={refusal !== null}>
            {save.error !== null && field === null ? (
              <ProblemBar title="It could not be saved" error={save.error} />
            ) : null}
            <ApplicationForm
              draft={draft}
              isNew={application === null}
              service={service}
              onChange={(changed) => {
                setDraft(changed);
                save.clear();
              }}
              isSubmitted={isSubmitted}
              serviceProblems={serviceProblems}
              ownPeopleList={application === null ? undefined : <AssignedPeople applicationId={application.id} />}
            />
          </fieldset>
        </form>
      </DrawerBody>
      <DrawerFooter>
        <ChangeButton appearance="primary" type="submit" form="application" disabled={save.isRunning}>
          {application === null ? (save.isRunning ? 'Publishing…' : 'Publish') : save.isRunning ? 'Saving…' : 'Save'}
        </ChangeButton>
        <Button onClick={onClose}>{refusal === null ? 'Cancel' : 'Close'}</Button>
      </DrawerFooter>
    </OverlayDrawer>
  );
}
