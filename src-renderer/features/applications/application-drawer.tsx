import { Button, DrawerBody, DrawerFooter, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { ServiceSummary } from '../../../src-shared/ipc/window-models.ts';
import type { Application } from '../../../src-shared/publishing/application.ts';
import type { Catalogue } from '../../../src-shared/text/catalogue.ts';
import { call } from '../../bridge/bridge.ts';
import { useApplications } from '../../stores/applications-store.ts';
import { forgetInput, keepInput, readKeptInput } from '../../stores/kept-input.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { IntoView } from '../../ui/into-view.tsx';
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
} from './application-draft.ts';
import { ApplicationForm } from './application-form.tsx';
import { AssignedPeople } from './assigned-people.tsx';
import { ChangedMeanwhileBar } from './changed-meanwhile-bar.tsx';
import { rebase } from './concurrent-edit.ts';
import { DiscardDialog } from './discard-dialog.tsx';
import { ChangedMeanwhile, saveChanges } from './save-application.ts';
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
  /** What there was to begin with. */
  readonly base: ApplicationDraft;
  readonly draft: ApplicationDraft;
  /** Whether it is on its way to the service. */
  readonly isSent: boolean;
}

const KEPT_UNDER = 'application';

/** What somebody's form is open for, though the window's process died since, or another page was opened; null for nothing. */
export function readOpenForm(owner: string | null): FormTask | null {
  return readKeptInput<OpenForm | null>(KEPT_UNDER, owner, null)?.task ?? null;
}

function openForm(task: FormTask, service: ServiceSummary, text: Catalogue['applications']): OpenForm {
  const base = beginWith(task, service, text);
  return { id: crypto.randomUUID(), task, base, draft: base, isSent: false };
}

function beginWith(task: FormTask, service: ServiceSummary, text: Catalogue['applications']): ApplicationDraft {
  if (task.kind === 'publish') return emptyDraft('');
  const model = draftOf(task.application, service);
  return task.kind === 'edit' ? model : copyOf(model, text);
}

export interface ApplicationDrawerProps {
  readonly task: FormTask;
  readonly service: ServiceSummary;
  /** Whose the form is. */
  readonly owner: string;
  readonly onClose: () => void;
}

/** Room for the list of sections beside the fields. */
const WIDTH_PX = 860;
/** For a reader each field is disabled: the keyboard reaches and scrolls the form itself. */
const READ_BY_KEYBOARD = { tabIndex: 0 } as const;
const FIRST_WRONG = '#application :is([aria-invalid="true"], [data-invalid="true"])';

/** Publishes a new application or changes one, beside the list. */
export function ApplicationDrawer({ task, service, owner, onClose }: ApplicationDrawerProps): ReactElement {
  // Null for a new one.
  const application = task.kind === 'edit' ? task.application : null;
  const text = useText('applications');
  const language = useLanguage();
  const shell = useText('shell');
  const [opened] = useState(() => readKeptInput(KEPT_UNDER, owner, openForm(task, service, text)));
  const { id } = opened;
  const [base, setBase] = useState(opened.base);
  const [draft, setDraft] = useState(opened.draft);
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
  const takeUp = (error: unknown): never => {
    if (error instanceof ChangedMeanwhile) {
      // Saved once more, it takes the place of what is there now, and leaves the rest of that alone.
      setBase(error.theirs);
      setDraft((mine) => rebase(mine, base, error.theirs, service));
    }
    throw error;
  };
  const save = useAction(async () => {
    await saveOnce(id, async () => {
      const saved =
        application === null
          ? await call('createApplication', {
              application: createOf(draft, service),
              people: draft.access === 'people' ? [...draft.people] : [],
              attemptId: id,
            })
          : await saveChanges(application.id, base, draft, service).catch(takeUp);
      put(saved);
      notify.success(application === null ? text.published(saved.displayName) : text.saved(saved.displayName));
      return saved;
    });
    // Given up meanwhile, it leaves the next one alone.
    if (readKeptInput<OpenForm | null>(KEPT_UNDER, owner, null)?.id === id) forgetInput(KEPT_UNDER);
    if (isOpen.current) onClose();
  });
  const { run: runSave, isRunning: isSent, error: saveError } = save;
  // The page was left, or the window's process died, while it ran.
  useEffect(() => {
    if (isSaving(id) || opened.isSent) void runSave();
  }, [id, opened, runSave]);
  useEffect(
    () => keepInput(KEPT_UNDER, owner, { id, task, base, draft, isSent } satisfies OpenForm),
    [owner, id, task, base, draft, isSent],
  );
  const submit = (): void => {
    setSubmissions((before) => before + 1);
    if (Object.keys(findDraftProblems(draft, service, language)).length === 0) void runSave();
  };
  useEffect(() => {
    if (submissions === 0) return;
    const wrong = document.querySelector<HTMLElement>(FIRST_WRONG);
    wrong?.scrollIntoView({ block: 'center' });
    wrong?.focus({ preventScroll: true });
  }, [submissions, saveError]);
  const leave = (): void => {
    if (refusal === null && JSON.stringify(draft) !== JSON.stringify(base)) setLeaving(true);
    else close();
  };
  const serviceProblems = serviceProblemsOf(saveError);
  // Whatever stands at no field stands above them all.
  const isAllAtFields = Object.keys(serviceProblems).length > 0;
  const shown = application === null ? text.publish : application.displayName;
  const title = application === null || refusal !== null ? shown : text.editTitle(application.displayName);
  return (
    <SideDrawer title={title} closeLabel={text.close} widthPx={WIDTH_PX} onClose={leave}>
      <DrawerBody {...(refusal === null ? {} : READ_BY_KEYBOARD)}>
        <SignInAgain isOverlay />
        {refusal === null ? null : (
          <MessageBar className={styles['refusal'] ?? ''} intent="info" layout="multiline">
            <MessageBarBody>{refusal}</MessageBarBody>
          </MessageBar>
        )}
        <form
          id="application"
          className={styles['form']}
          // What is wrong stands at each field, in the window's language; Chromium's bubble would cover it, in its own.
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          {saveError === null || isAllAtFields ? null : (
            <IntoView>
              {saveError instanceof ChangedMeanwhile ? (
                <ChangedMeanwhileBar
                  fields={saveError.fields}
                  onDiscard={() => {
                    setDraft(base);
                    save.clear();
                  }}
                />
              ) : (
                <ProblemBar title={text.saveFailed} error={saveError} />
              )}
            </IntoView>
          )}
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
