import { type ReactElement, useState } from 'react';
import type { Application } from '../../../src-shared/publishing/application.ts';
import { call, CallError } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import { useAction } from '../../ui/use-action.ts';
import {
  type ApplicationDraft,
  createOf,
  type DraftProblems,
  fieldOfTarget,
  findDraftProblems,
} from '../applications/application-draft.ts';
import { ApplicationForm } from '../applications/application-form.tsx';
import { useText } from '../../ui/use-text.ts';
import { StepFrame } from './step-frame.tsx';
import type { StepProps } from './step-props.ts';

export interface PublishStepProps extends StepProps {
  readonly draft: ApplicationDraft;
  readonly onChange: (draft: ApplicationDraft) => void;
  readonly onPublished: (application: Application) => void;
}

export function PublishStep({ onNext, onBack, draft, onChange, onPublished }: PublishStepProps): ReactElement | null {
  const service = useAppState((state) => state.service);
  const refusal = useChangeRefusal();
  const text = useText('applications');
  const [isSubmitted, setSubmitted] = useState(false);
  const publish = useAction(async () => {
    if (service === null) return;
    const people = draft.access === 'people' ? [...draft.people] : [];
    onPublished(await call('createApplication', { application: createOf(draft, service), people }));
    onNext();
  });
  if (service === null) return null;
  const error = publish.error instanceof CallError ? publish.error : null;
  const field = error === null ? null : fieldOfTarget(error.target);
  const serviceProblems: DraftProblems = error === null || field === null ? {} : { [field]: error.message };
  const submit = (): void => {
    setSubmitted(true);
    if (Object.keys(findDraftProblems(draft, service, text)).length === 0) void publish.run();
  };
  return (
    <StepFrame
      title="Publish your first application"
      intro="Give a web application of your network an address on the Internet. People sign in before anything reaches it."
      onBack={onBack}
      next={{
        label: publish.isRunning ? 'Publishing…' : 'Publish',
        isDisabled: publish.isRunning || refusal !== null,
        reason: refusal,
        run: submit,
      }}
      other={{ label: 'Later', run: onNext }}
    >
      {publish.error !== null && field === null ? (
        <ProblemBar title="It could not be published" error={publish.error} />
      ) : null}
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
