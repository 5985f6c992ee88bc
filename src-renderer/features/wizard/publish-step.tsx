import { type ReactElement, useState } from 'react';
import type { LocalSite } from '../../../src-shared/ipc/local-site.ts';
import type { Application } from '../../../src-shared/publishing/application.ts';
import { callAbortable } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { IntoView } from '../../ui/into-view.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import { useAbortableAction } from '../../ui/use-abortable-action.ts';
import { type ApplicationDraft, createOf, findDraftProblems, withSite } from '../applications/application-draft.ts';
import { ApplicationForm } from '../applications/application-form.tsx';
import { serviceProblemsOf } from '../applications/service-problems.ts';
import { useLanguage, useText } from '../../ui/use-text.ts';
import { SitePicker } from './site-picker.tsx';
import { StepFrame } from './step-frame.tsx';
import { TakenBack } from './taken-back.tsx';
import type { StepProps } from './step-props.ts';

export interface PublishStepProps extends StepProps {
  readonly draft: ApplicationDraft;
  readonly onChange: (draft: ApplicationDraft) => void;
  readonly onPublished: (application: Application) => void;
}

export function PublishStep({ onNext, onBack, draft, onChange, onPublished }: PublishStepProps): ReactElement | null {
  const service = useAppState((state) => state.service);
  const refusal = useChangeRefusal();
  const language = useLanguage();
  const { publish: words, cancel } = useText('wizard');
  const [suggestedName, setSuggestedName] = useState('');
  const [isSubmitted, setSubmitted] = useState(false);
  const publish = useAbortableAction(async (signal) => {
    if (service === null) return;
    const people = draft.access === 'people' ? [...draft.people] : [];
    onPublished(await callAbortable('createApplication', { application: createOf(draft, service), people }, signal));
    onNext();
  });
  if (service === null) return null;
  const serviceProblems = serviceProblemsOf(publish.error);
  const pick = (site: LocalSite): void => {
    const filled = withSite(draft, site, suggestedName);
    setSuggestedName(filled.displayName);
    onChange(filled);
    publish.clear();
  };
  const submit = (): void => {
    setSubmitted(true);
    if (Object.keys(findDraftProblems(draft, service, language)).length === 0) void publish.run();
  };
  return (
    <StepFrame
      title={words.title}
      intro={words.intro}
      onBack={onBack}
      next={{
        label: publish.isRunning ? words.publishing : words.publish,
        isDisabled: publish.isRunning || refusal !== null,
        reason: refusal,
        run: submit,
      }}
      other={publish.isRunning ? { label: cancel, run: publish.abort } : { label: words.later, run: onNext }}
    >
      {publish.isAborted ? (
        <IntoView>
          <TakenBack />
        </IntoView>
      ) : null}
      {publish.error !== null && Object.keys(serviceProblems).length === 0 ? (
        <IntoView>
          <ProblemBar title={words.failed} error={publish.error} />
        </IntoView>
      ) : null}
      <SitePicker internalUrl={draft.internalUrl} onPick={pick} />
      <ApplicationForm
        draft={draft}
        isNew
        isShort
        service={service}
        onChange={(changed) => {
          onChange(changed);
          publish.clear();
        }}
        isSubmitted={isSubmitted}
        serviceProblems={serviceProblems}
      />
    </StepFrame>
  );
}
