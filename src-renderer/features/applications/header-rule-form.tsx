import { Button, Field, Input } from '@fluentui/react-components';
import { Add20Regular, Delete20Regular } from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import { useText } from '../../ui/use-text.ts';
import {
  HEADER_SOURCES,
  type HeaderDraft,
  makeHeader,
  makeTransformation,
  type RuleDraft,
  TRANSFORMATION_KINDS,
  type TransformationDraft,
  withSource,
} from './header-rules.ts';
import { ChoiceField } from './setting-fields.tsx';
import styles from './structure-form.module.css';

export interface HeaderRuleFormProps {
  readonly rule: RuleDraft;
  readonly onChange: (rule: RuleDraft) => void;
}

/** Which headers a part of an address is sent. */
export function HeaderRuleForm({ rule, onChange }: HeaderRuleFormProps): ReactElement {
  const text = useText('headerRules');
  const setHeaders = (headers: readonly HeaderDraft[]): void => onChange({ ...rule, headers: [...headers] });
  return (
    <>
      <Field label={text.path.label} hint={text.path.hint}>
        <Input value={rule.path} onChange={(_event, { value }) => onChange({ ...rule, path: value })} />
      </Field>
      {rule.headers.map((header, index) => (
        <div key={index} className={styles['part']} role="group" aria-label={text.header(header.name || index + 1)}>
          <HeaderFields
            header={header}
            onChange={(changed) => setHeaders(rule.headers.with(index, changed))}
            onRemove={() => setHeaders(rule.headers.toSpliced(index, 1))}
          />
        </div>
      ))}
      <div>
        <Button size="small" icon={<Add20Regular />} onClick={() => setHeaders([...rule.headers, makeHeader('claim')])}>
          {text.addHeader}
        </Button>
      </div>
    </>
  );
}

interface HeaderFieldsProps {
  readonly header: HeaderDraft;
  readonly onChange: (header: HeaderDraft) => void;
  readonly onRemove: () => void;
}

function HeaderFields({ header, onChange, onRemove }: HeaderFieldsProps): ReactElement {
  const text = useText('headerRules');
  return (
    <>
      <div className={styles['row']}>
        <Field className={styles['wide'] ?? ''} label={text.name}>
          <Input
            value={header.name}
            placeholder="X-Remote-User"
            onChange={(_event, { value }) => onChange({ ...header, name: value })}
          />
        </Field>
        <ChoiceField
          label={text.source}
          value={header.source}
          choices={HEADER_SOURCES.map((value) => ({ value, label: text.sources[value] }))}
          onChoose={(source) => onChange(withSource(header, source))}
        />
        <Button
          className={styles['beside'] ?? ''}
          appearance="subtle"
          icon={<Delete20Regular />}
          aria-label={text.removeHeader(header.name)}
          onClick={onRemove}
        />
      </div>
      {header.source === 'claim' ? (
        <Field label={text.claim.label} hint={text.claim.hint}>
          <Input value={header.claim} onChange={(_event, { value }) => onChange({ ...header, claim: value })} />
        </Field>
      ) : null}
      {header.source === 'constant' ? (
        <Field label={text.value}>
          <Input value={header.value} onChange={(_event, { value }) => onChange({ ...header, value })} />
        </Field>
      ) : (
        <>
          <Field label={text.separator}>
            <Input
              className={styles['short'] ?? ''}
              value={header.separator}
              onChange={(_event, { value }) => onChange({ ...header, separator: value })}
            />
          </Field>
          <Transformations
            steps={header.transformations}
            onChange={(transformations) => onChange({ ...header, transformations: [...transformations] })}
          />
        </>
      )}
    </>
  );
}

interface TransformationsProps {
  readonly steps: readonly TransformationDraft[];
  readonly onChange: (steps: readonly TransformationDraft[]) => void;
}

function Transformations({ steps, onChange }: TransformationsProps): ReactElement {
  const text = useText('headerRules');
  return (
    <>
      {steps.map((step, index) => {
        const change = (changed: TransformationDraft): void => onChange(steps.with(index, changed));
        return (
          <div key={index} className={styles['row']}>
            <ChoiceField
              label={text.step(index + 1)}
              value={step.kind}
              choices={TRANSFORMATION_KINDS.map((value) => ({ value, label: text.steps[value] }))}
              onChoose={(kind) => change(makeTransformation(kind))}
            />
            {step.kind === 'extract' ? (
              <Field className={styles['wide'] ?? ''} label={text.pattern.label} hint={text.pattern.hint}>
                <Input
                  value={step.pattern}
                  placeholder="^([^@]+)@"
                  onChange={(_event, { value }) => change({ ...step, pattern: value })}
                />
              </Field>
            ) : null}
            {step.kind === 'prefix' ? (
              <Field className={styles['wide'] ?? ''} label={text.prefix}>
                <Input value={step.prefix} onChange={(_event, { value }) => change({ ...step, prefix: value })} />
              </Field>
            ) : null}
            <Button
              className={styles['beside'] ?? ''}
              appearance="subtle"
              icon={<Delete20Regular />}
              aria-label={text.removeStep(index + 1)}
              onClick={() => onChange(steps.toSpliced(index, 1))}
            />
          </div>
        );
      })}
      <div>
        <Button
          size="small"
          appearance="subtle"
          icon={<Add20Regular />}
          onClick={() => onChange([...steps, makeTransformation('toLowercase')])}
        >
          {text.addStep}
        </Button>
      </div>
    </>
  );
}
