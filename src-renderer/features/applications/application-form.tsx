import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  Checkbox,
  Field,
  Input,
  Link,
  Radio,
  RadioGroup,
} from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useState } from 'react';
import type { ServiceSummary } from '../../../src-shared/ipc/window-models.ts';
import type { CertificateMetadata } from '../../../src-shared/publishing/certificate.ts';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import { FIRST_FOCUS } from '../../ui/use-return-focus.ts';
import { useLanguage, useText } from '../../ui/use-text.ts';
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
import { type FormSection, sectionOf, SECTIONS } from './form-sections.ts';
import { PeoplePicker } from './people-picker.tsx';
import { PublishingSettings } from './publishing-settings.tsx';
import { type Validation, validate } from './setting-fields.tsx';
import {
  AccessSettings,
  BackendSettings,
  CookieSettings,
  LimitSettings,
  SignOnSettings,
  StateSettings,
  TranslationSettings,
} from './settings-sections.tsx';
import { TranslationPreviewer } from './translation-previewer.tsx';
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
  /** Of an application that exists. */
  readonly certificate?: CertificateMetadata | null | undefined;
  /** Folds what most applications leave alone away. */
  readonly isShort: boolean;
}

/** Everything about an application, checked while it is typed. */
export function ApplicationForm(props: ApplicationFormProps): ReactElement {
  const { draft, service, onChange, isSubmitted, serviceProblems, isShort } = props;
  const text = useText('applications');
  const language = useLanguage();
  const isReadOnly = useChangeRefusal() !== null;
  const [touched, setTouched] = useState<ReadonlySet<DraftField>>(new Set());
  const problems = findDraftProblems(draft, service, language);
  const touch = (field: DraftField): void => setTouched((before) => new Set(before).add(field));
  // Said at once, so that the box that answers it does not move away from the pointer when the field is left.
  const isIpHostQuestion = (field: DraftField): boolean => field === 'internalUrl' && hasIpHost(draft.internalUrl);
  const isShown = (field: DraftField): boolean =>
    isSubmitted || touched.has(field) || !ADDRESS_FIELDS.has(field) || isIpHostQuestion(field);
  const shown: DraftProblems = { ...serviceProblems };
  for (const field of Object.keys(problems) as DraftField[]) {
    if (isShown(field)) shown[field] = problems[field] ?? [];
  }
  const change = (part: Partial<ApplicationDraft>): void => onChange({ ...draft, ...part });
  const settings = {
    settings: draft.settings,
    problems: shown,
    onChange: (changed: ApplicationDraft['settings']) => change({ settings: changed }),
  };
  const areUrlsValid = problems.internalUrl === undefined && problems.externalUrl === undefined;
  const preview = {
    internalUrl: draft.internalUrl.trim(),
    externalUrl: externalUrlOf(draft, service),
    isTranslateHostHeaderEnabled: draft.settings.isTranslateHostHeaderEnabled,
    isTranslateLinksInScriptsEnabled: draft.settings.isTranslateLinksInScriptsEnabled,
    isCertificateValidated: draft.settings.isBackendCertificateValidationEnabled,
  };
  const addresses = (
    <AddressFields {...props} problems={shown} isUrlValid={problems.internalUrl === undefined} onTouched={touch} />
  );
  const access = <AccessFields {...props} />;
  const parts: Readonly<Record<FormSection, ReactElement>> = {
    publishing: <PublishingSettings draft={draft} problems={shown} onChange={onChange} />,
    access: <AccessSettings {...settings} />,
    translation: (
      <>
        <TranslationSettings {...settings} />
        <TranslationPreviewer
          key={JSON.stringify(preview)}
          isUrlValid={areUrlsValid}
          isBodyTranslated={draft.settings.isTranslateLinksInBodyEnabled}
          {...preview}
        />
      </>
    ),
    signOn: <SignOnSettings {...settings} />,
    backend: <BackendSettings {...settings} certificate={props.certificate} />,
    limits: <LimitSettings {...settings} />,
    cookie: <CookieSettings {...settings} />,
    state: <StateSettings {...settings} />,
  };
  if (isShort) {
    return (
      <div className={styles['form']}>
        {addresses}
        {access}
        <Accordion collapsible className={styles['accordion']}>
          <AccordionItem value="more">
            <AccordionHeader>{text.moreSettings}</AccordionHeader>
            <AccordionPanel>
              <div className={styles['folded']}>
                {SECTIONS.map((section) => (
                  <Section key={section} section={section}>
                    {parts[section]}
                  </Section>
                ))}
              </div>
            </AccordionPanel>
          </AccordionItem>
        </Accordion>
      </div>
    );
  }
  return (
    <div className={styles['whole']}>
      <SectionList wrong={new Set((Object.keys(shown) as DraftField[]).map(sectionOf))} />
      {/* Not around the list, too, by which a reader finds the sections. */}
      <fieldset className={styles['sections']} disabled={isReadOnly}>
        {SECTIONS.map((section) => (
          <Section key={section} section={section}>
            {section === 'publishing' ? addresses : section === 'access' ? access : null}
            {parts[section]}
          </Section>
        ))}
      </fieldset>
    </div>
  );
}

/** Fields that are wrong before anything is typed, which is said only once they were left. */
const ADDRESS_FIELDS: ReadonlySet<DraftField> = new Set(['displayName', 'internalUrl', 'externalUrl']);

function sectionId(section: FormSection): string {
  return `application-${section}`;
}

function Section({ section, children }: { readonly section: FormSection; readonly children: ReactNode }): ReactElement {
  const text = useText('applicationSettings');
  return (
    <section className={styles['section']} id={sectionId(section)} aria-label={text.section[section]}>
      <h3 className={styles['heading']}>{text.section[section]}</h3>
      {children}
    </section>
  );
}

/** Leads to each section, and marks those in which something is wrong. */
function SectionList({ wrong }: { readonly wrong: ReadonlySet<FormSection> }): ReactElement {
  const text = useText('applications');
  const { section: titles } = useText('applicationSettings');
  return (
    <nav className={styles['list']} aria-label={text.sections}>
      {SECTIONS.map((section) => (
        <button
          key={section}
          type="button"
          className={styles['link']}
          data-wrong={wrong.has(section)}
          aria-label={wrong.has(section) ? text.sectionProblem(titles[section]) : titles[section]}
          onClick={() => document.querySelector(`#${sectionId(section)}`)?.scrollIntoView({ block: 'start' })}
        >
          {titles[section]}
        </button>
      ))}
    </nav>
  );
}

interface AddressFieldsProps extends ApplicationFormProps {
  readonly problems: DraftProblems;
  readonly isUrlValid: boolean;
  readonly onTouched: (field: DraftField) => void;
}

function AddressFields(props: AddressFieldsProps): ReactElement {
  const { draft, onChange, problems, onTouched } = props;
  const text = useText('applications');
  const change = (part: Partial<ApplicationDraft>): void => onChange({ ...draft, ...part });
  const rename = (displayName: string): void => {
    // People know the address of an application that exists; a new name leaves it alone.
    const isLabelUntouched = props.isNew && draft.externalLabel === suggestLabel(draft.displayName);
    change({ displayName, ...(isLabelUntouched ? { externalLabel: suggestLabel(displayName) } : {}) });
  };
  const finished = finishUrl(draft.internalUrl);
  const finishInternalUrl = (): void => {
    onTouched('internalUrl');
    if (finished !== draft.internalUrl.trim()) change({ internalUrl: finished });
  };
  const isCertificateValidated = draft.settings.isBackendCertificateValidationEnabled;
  return (
    <>
      <Field label={text.name} required {...validate(problems, 'displayName')}>
        <Input
          {...FIRST_FOCUS}
          value={draft.displayName}
          placeholder="Intranet"
          maxLength={120}
          onChange={(_event, { value }) => rename(value)}
          onBlur={() => onTouched('displayName')}
        />
      </Field>
      <div>
        <Field label={text.internalUrl} required hint={text.internalUrlHint} {...validate(problems, 'internalUrl')}>
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
            label={text.allowIpHosts}
          />
        ) : null}
        <BackendTester
          // Not of what is typed: leaving the field for its button must not make another button.
          key={`${finished} ${isCertificateValidated}`}
          internalUrl={draft.internalUrl.trim()}
          isUrlValid={props.isUrlValid}
          isCertificateValidated={isCertificateValidated}
        />
      </div>
      <ExternalUrlField {...props} validation={validate(problems, 'externalUrl')} />
    </>
  );
}

/** A URL of a host alone, with the slash that it lacks. */
function finishUrl(typed: string): string {
  const url = typed.trim();
  return /^https?:\/\/[^/?#\s]+$/i.test(url) ? `${url}/` : url;
}

function AccessFields({ draft, onChange, ownPeopleList }: ApplicationFormProps): ReactElement {
  const text = useText('applications');
  return (
    <>
      <Field label={text.whoMayEnter}>
        <RadioGroup
          value={draft.access}
          onChange={(_event, { value }) => onChange({ ...draft, access: value as Access })}
        >
          <Radio value="people" label={text.accessChoice.people} />
          <Radio value="everyone" label={text.accessChoice.everyone} />
          <Radio value="anyone" label={{ children: text.accessChoice.anyone }} />
        </RadioGroup>
      </Field>
      {draft.access === 'people'
        ? (ownPeopleList ?? (
            <PeoplePicker
              people={draft.people}
              onChange={(people) => onChange({ ...draft, people })}
              hint={draft.people.length === 0 ? text.peopleLater : ''}
            />
          ))
        : null}
    </>
  );
}

interface ExternalUrlFieldProps extends AddressFieldsProps {
  readonly validation: Validation;
}

function ExternalUrlField({ draft, service, onChange, validation, onTouched }: ExternalUrlFieldProps): ReactElement {
  const text = useText('applications');
  const isCustom = draft.customExternalUrl !== null;
  const toggle = (): void =>
    onChange({
      ...draft,
      customExternalUrl: isCustom ? null : externalUrlOf({ ...draft, customExternalUrl: null }, service),
    });
  const preview = externalUrlOf(draft, service);
  return (
    <div>
      <Field label={text.externalUrl} required {...validation}>
        {isCustom ? (
          <Input
            type="url"
            value={draft.customExternalUrl ?? ''}
            onChange={(_event, { value }) => onChange({ ...draft, customExternalUrl: value })}
            onBlur={() => onTouched('externalUrl')}
          />
        ) : (
          <Input
            value={draft.externalLabel}
            placeholder="intranet"
            contentBefore={<span className={styles['affix']}>{service.applicationsScheme}://</span>}
            contentAfter={<span className={styles['affix']}>{externalSuffix(service)}</span>}
            onChange={(_event, { value }) => onChange({ ...draft, externalLabel: value })}
            onBlur={() => onTouched('externalUrl')}
          />
        )}
      </Field>
      <div className={styles['external']}>
        <span className={styles['preview']} data-testid="external-preview">
          {draft.externalLabel.trim() === '' && !isCustom ? text.peopleOpenHere : text.peopleOpen(preview)}
        </span>
        <Link as="button" type="button" onClick={toggle}>
          {isCustom ? text.takeServiceAddress(service.applicationsDomain) : text.takeOtherAddress}
        </Link>
      </div>
    </div>
  );
}
