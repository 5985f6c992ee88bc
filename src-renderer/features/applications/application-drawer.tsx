import { Button, DrawerBody, DrawerFooter, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { ServiceSummary } from '../../../src-shared/ipc/window-models.ts';
import type { Application } from '../../../src-shared/publishing/application.ts';
import { call } from '../../bridge/bridge.ts';
import { useApplications } from '../../stores/applications-store.ts';
import { forgetInput, keepInput, readKeptInput } from '../../stores/kept-input.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { useNotify } from '../../ui/notify.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { SideDrawer } from '../../ui/side-drawer.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import { useLanguage, useText } from '../../ui/use-text.ts';
import { SignInAgain } from '../sign-in/sign-in-again.tsx';
import {
  type ApplicationDraft,
  copyOf,
  createOf,
  draftOf,
  emptyDraft,
  findDraftProblems,
  patchOf,
} from './application-draft.ts';
import { ApplicationForm } from './application-form.tsx';
import { AssignedPeople } from './assigned-people.tsx';
import { DiscardDialog } from './discard-dialog.tsx';
import { isSaving, saveOnce } from './saving-form.ts';
import { serviceProblemsOf } from './service-problems.ts';
import styles from './application-drawer.module.css';

/** What the form of an application is opened for. */
export type FormTask =
  | { readonly kind: 'publish' }
  | { readonly kind: 'edit' | 'duplicate'; readonly application: Application };

/** The form that is open, as far as it is filled in. */
interface OpenForm {
  /** Tells it from one that is opened later. */
  readonly id: string;
  readonly task: FormTask;
  readonly draft: ApplicationDraft;
}

const KEPT_UNDER = 'application';

/** What the form is open for at a service, though the window's process died since, or another page was opened; null for nothing. */
export function readOpenForm(serviceUrl: string | undefined): FormTask | null {
  return readKeptInput<OpenForm | null>(KEPT_UNDER, serviceUrl, null)?.task ?? null;
}

export interface ApplicationDrawerProps {
  readonly task: FormTask;
  readonly service: ServiceSummary;
  readonly onClose: () => void;
}

/** Room for the list of sections beside the fields. */
const WIDTH_PX = 860;
/** For a reader each field is disabled: the keyboard reaches and scrolls the form itself. */
const READ_BY_KEYBOARD = { tabIndex: 0 } as const;
const FIRST_WRONG = '#application :is([aria-invalid="true"], [data-invalid="true"])';

/** Publishes a new application or changes one, beside the list. */
export function ApplicationDrawer({ task, service, onClose }: ApplicationDrawerProps): ReactElement {
  // Null for a new one.
  const application = task.kind === 'edit' ? task.application : null;
  const text = useText('applications');
  const language = useLanguage();
  const [initial] = useState(() => {
    if (task.kind === 'publish') return emptyDraft('');
    const model = draftOf(task.application, service);
    return task.kind === 'edit' ? model : copyOf(model, text);
  });
  const shell = useText('shell');
  const { serviceUrl } = service;
  const [opened] = useState(() =>
    readKeptInput<OpenForm>(KEPT_UNDER, serviceUrl, { id: crypto.randomUUID(), task, draft: initial }),
  );
  const { id } = opened;
  const [draft, setDraft] = useState(opened.draft);
  useEffect(
    () => keepInput(KEPT_UNDER, serviceUrl, { id, task, draft } satisfies OpenForm),
    [serviceUrl, id, task, draft],
  );
  const isOpen = useRef(false);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);
  const close = (): void => {
    forgetInput(KEPT_UNDER);
    onClose();
  };
  const [isLeaving, setLeaving] = useState(false);
  const refusal = useChangeRefusal();
  const [submissions, setSubmissions] = useState(0);
  const { put } = useApplications();
  const notify = useNotify();
  const save = useAction(async () => {
    await saveOnce(id, async () => {
      const saved =
        application === null
          ? await call('createApplication', {
              application: createOf(draft, service),
              people: draft.access === 'people' ? [...draft.people] : [],
            })
          : await call('updateApplication', { id: application.id, patch: patchOf(initial, draft, service) });
      put(saved);
      notify.success(application === null ? text.published(saved.displayName) : text.saved(saved.displayName));
      return saved;
    });
    // Given up meanwhile, it leaves the next one alone.
    if (readKeptInput<OpenForm | null>(KEPT_UNDER, serviceUrl, null)?.id === id) forgetInput(KEPT_UNDER);
    if (isOpen.current) onClose();
  });
  const { run: runSave } = save;
  // The page was left while it ran, and is here again.
  useEffect(() => {
    if (isSaving(id)) void runSave();
  }, [id, runSave]);
  const submit = (): void => {
    setSubmissions((before) => before + 1);
    if (Object.keys(findDraftProblems(draft, service, language)).length === 0) void runSave();
  };
  const { error: saveError } = save;
  useEffect(() => {
    if (submissions > 0) document.querySelector(FIRST_WRONG)?.scrollIntoView({ block: 'center' });
  }, [submissions, saveError]);
  const leave = (): void => {
    if (refusal === null && JSON.stringify(draft) !== JSON.stringify(initial)) setLeaving(true);
    else close();
  };
  const serviceProblems = serviceProblemsOf(save.error);
  // Whatever stands at no field stands above them all.
  const isAllAtFields = Object.keys(serviceProblems).length > 0;
  const shown = application === null ? text.publish : application.displayName;
  const title = application === null || refusal !== null ? shown : text.editTitle(application.displayName);
  return (
    <SideDrawer title={title} closeLabel={text.close} widthPx={WIDTH_PX} onClose={leave}>
      <DrawerBody {...(refusal === null ? {} : READ_BY_KEYBOARD)}>
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
            {save.error !== null && !isAllAtFields ? <ProblemBar title={text.saveFailed} error={save.error} /> : null}
            <ApplicationForm
              draft={draft}
              isNew={application === null}
              isShort={false}
              certificate={application?.onPremisesPublishing.verifiedCustomDomainCertificatesMetadata}
              service={service}
              onChange={(changed) => {
                setDraft(changed);
                save.clear();
              }}
              isSubmitted={submissions > 0}
              serviceProblems={serviceProblems}
              ownPeopleList={
                application === null ? undefined : (
                  <AssignedPeople applicationId={application.id} appRoles={application.appRoles} />
                )
              }
            />
          </fieldset>
        </form>
      </DrawerBody>
      <DrawerFooter>
        <ChangeButton appearance="primary" type="submit" form="application" disabledFocusable={save.isRunning}>
          {application === null
            ? save.isRunning
              ? text.publishing
              : text.publishShort
            : save.isRunning
              ? text.saving
              : text.save}
        </ChangeButton>
        <Button onClick={leave}>{refusal === null ? shell.cancel : text.close}</Button>
      </DrawerFooter>
      {isLeaving ? <DiscardDialog onDiscard={close} onStay={() => setLeaving(false)} /> : null}
    </SideDrawer>
  );
}
