import { Checkbox, Field, Input, Link, Radio, RadioGroup } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useState } from 'react';
import type { ServiceSummary } from '../../../src-shared/ipc/window-models.ts';
import {
  type Access,
  type ApplicationDraft,
  type DraftField,
  type DraftProblems,
  externalSuffix,
  externalUrlOf,
  findDraftProblems,
  hasIpHost,
  suggestLabel,
} from './application-draft.ts';
import { BackendTester } from './backend-tester.tsx';
import { MoreSettingsFields } from './more-settings-fields.tsx';
import { PeoplePicker } from './people-picker.tsx';
import styles from './application-form.module.css';

export interface ApplicationFormProps {
  readonly draft: ApplicationDraft;
  readonly service: ServiceSummary;
  readonly onChange: (draft: ApplicationDraft) => void;
  /** Whether it is about to be published; else it exists. */
  readonly isNew: boolean;
  /** Shows what is wrong in fields that were not touched yet, too. */
  readonly isSubmitted: boolean;
  /** What the service found wrong with the draft as it was last sent. */
  readonly serviceProblems: DraftProblems;
  /** Where the people who may enter are chosen elsewhere (an application that exists has its own list). */
  readonly ownPeopleList?: ReactNode;
}

/** Everything about an application, checked while it is typed. */
export function ApplicationForm(props: ApplicationFormProps): ReactElement {
  const { draft, service, onChange, isSubmitted, serviceProblems } = props;
  const [touched, setTouched] = useState<ReadonlySet<DraftField>>(new Set());
  const problems = findDraftProblems(draft, service);
  const touch = (field: DraftField): void => setTouched((before) => new Set(before).add(field));
  // Said at once, so that the box that answers it does not move away from the pointer when the field is left.
  const isIpHostQuestion = (field: DraftField): boolean => field === 'internalUrl' && hasIpHost(draft.internalUrl);
  const messageOf = (field: DraftField): string | undefined =>
    (isSubmitted || touched.has(field) || isIpHostQuestion(field) ? problems[field] : undefined) ??
    serviceProblems[field];
  const validation = (field: DraftField): { validationState: 'error' | 'none'; validationMessage?: string } => {
    const message = messageOf(field);
    return message === undefined
      ? { validationState: 'none' }
      : { validationState: 'error', validationMessage: message };
  };
  const change = (part: Partial<ApplicationDraft>): void => onChange({ ...draft, ...part });
  const rename = (displayName: string): void => {
    // People know the address of an application that exists; a new name leaves it alone.
    const isLabelUntouched = props.isNew && draft.externalLabel === suggestLabel(draft.displayName);
    change({ displayName, ...(isLabelUntouched ? { externalLabel: suggestLabel(displayName) } : {}) });
  };
  const finishInternalUrl = (): void => {
    touch('internalUrl');
    const url = draft.internalUrl.trim();
    if (/^https?:\/\/[^/?#\s]+$/i.test(url)) change({ internalUrl: `${url}/` });
  };
  return (
    <div className={styles['form']}>
      <Field label="Name" required {...validation('displayName')}>
        <Input
          value={draft.displayName}
          placeholder="Intranet"
          maxLength={120}
          onChange={(_event, { value }) => rename(value)}
          onBlur={() => touch('displayName')}
        />
      </Field>
      <div>
        <Field
          label="Internal URL"
          required
          hint="Where this machine finds the application. Ends in /; with a path, only what is below it is published."
          {...validation('internalUrl')}
        >
          <Input
            type="url"
            value={draft.internalUrl}
            placeholder="http://intranet.corp.example/"
            onChange={(_event, { value }) => change({ internalUrl: value })}
            onBlur={finishInternalUrl}
          />
        </Field>
        {hasIpHost(draft.internalUrl) ? (
          <Checkbox
            checked={draft.allowIpHosts}
            onChange={(_event, { checked }) => change({ allowIpHosts: checked === true })}
            label="Reach it by its IP address (a host name survives a move of the server)"
          />
        ) : null}
        <BackendTester
          key={`${draft.internalUrl.trim()} ${draft.more.isBackendCertificateValidationEnabled}`}
          internalUrl={draft.internalUrl.trim()}
          isUrlValid={problems.internalUrl === undefined}
          isCertificateValidated={draft.more.isBackendCertificateValidationEnabled}
        />
      </div>
      <ExternalUrlField {...props} validation={validation('externalUrl')} onTouched={() => touch('externalUrl')} />
      <Field label="Who may enter">
        <RadioGroup value={draft.access} onChange={(_event, { value }) => change({ access: value as Access })}>
          <Radio value="people" label="Only people I choose" />
          <Radio value="everyone" label="Everyone in the organisation, after sign-in" />
          <Radio
            value="anyone"
            label={{ children: 'Anyone, without sign-in: the application protects itself (pass-through)' }}
          />
        </RadioGroup>
      </Field>
      {draft.access === 'people'
        ? (props.ownPeopleList ?? (
            <PeoplePicker
              people={draft.people}
              onChange={(people) => change({ people })}
              hint={
                draft.people.length === 0 ? 'Nobody can enter until you choose someone; you can do so later, too.' : ''
              }
            />
          ))
        : null}
      <MoreSettingsFields value={draft.more} onChange={(more) => change({ more })} />
    </div>
  );
}

interface ExternalUrlFieldProps extends ApplicationFormProps {
  readonly validation: { validationState: 'error' | 'none'; validationMessage?: string };
  readonly onTouched: () => void;
}

function ExternalUrlField({ draft, service, onChange, validation, onTouched }: ExternalUrlFieldProps): ReactElement {
  const isCustom = draft.customExternalUrl !== null;
  const toggle = (): void =>
    onChange({
      ...draft,
      customExternalUrl: isCustom ? null : externalUrlOf({ ...draft, customExternalUrl: null }, service),
    });
  const preview = externalUrlOf(draft, service);
  return (
    <div>
      <Field label="External URL" required {...validation}>
        {isCustom ? (
          <Input
            type="url"
            value={draft.customExternalUrl ?? ''}
            onChange={(_event, { value }) => onChange({ ...draft, customExternalUrl: value })}
            onBlur={onTouched}
          />
        ) : (
          <Input
            value={draft.externalLabel}
            placeholder="intranet"
            contentBefore={<span className={styles['affix']}>{service.applicationsScheme}://</span>}
            contentAfter={<span className={styles['affix']}>{externalSuffix(service)}</span>}
            onChange={(_event, { value }) => onChange({ ...draft, externalLabel: value })}
            onBlur={onTouched}
          />
        )}
      </Field>
      <div className={styles['external']}>
        <span className={styles['preview']} data-testid="external-preview">
          {draft.externalLabel.trim() === '' && !isCustom
            ? 'People will open the application here.'
            : `People open ${preview}`}
        </span>
        <Link as="button" type="button" onClick={toggle}>
          {isCustom ? `Use an address under ${service.applicationsDomain}` : 'Use another address'}
        </Link>
      </div>
    </div>
  );
}
