import { Button, Field, Input } from '@fluentui/react-components';
import { Add20Regular, Delete20Regular } from '@fluentui/react-icons';
import type { ReactElement } from 'react';
import { useText } from '../../ui/use-text.ts';
import { LinesField } from './lines-field.tsx';
import { type CorsDraft, makeCors, readSeconds, type SegmentDraft } from './segments.ts';
import styles from './structure-form.module.css';

export interface SegmentFormProps {
  readonly segment: SegmentDraft;
  readonly onChange: (segment: SegmentDraft) => void;
}

/** A pair of addresses of an application, and what pages of other origins may ask there. */
export function SegmentForm({ segment, onChange }: SegmentFormProps): ReactElement {
  const text = useText('segments');
  const { corsConfigurations: rules } = segment;
  const setRules = (corsConfigurations: CorsDraft[]): void => onChange({ ...segment, corsConfigurations });
  return (
    <>
      <Field label={text.externalUrl}>
        <Input
          type="url"
          value={segment.externalUrl}
          onChange={(_event, { value }) => onChange({ ...segment, externalUrl: value })}
        />
      </Field>
      <Field label={text.internalUrl}>
        <Input
          type="url"
          value={segment.internalUrl}
          onChange={(_event, { value }) => onChange({ ...segment, internalUrl: value })}
        />
      </Field>
      <Field label={text.alternateUrl.label} hint={text.alternateUrl.hint}>
        <Input
          type="url"
          value={segment.alternateUrl ?? ''}
          onChange={(_event, { value }) => onChange({ ...segment, alternateUrl: value === '' ? null : value })}
        />
      </Field>
      {rules.map((rule, index) => (
        <div key={index} className={styles['part']} role="group" aria-label={text.cors(rule.resource)}>
          <CorsFields
            rule={rule}
            onChange={(changed) => setRules(rules.with(index, changed))}
            onRemove={() => setRules(rules.toSpliced(index, 1))}
          />
        </div>
      ))}
      <div>
        <Button size="small" icon={<Add20Regular />} onClick={() => setRules([...rules, makeCors()])}>
          {text.addCors}
        </Button>
      </div>
    </>
  );
}

interface CorsFieldsProps {
  readonly rule: CorsDraft;
  readonly onChange: (rule: CorsDraft) => void;
  readonly onRemove: () => void;
}

function CorsFields({ rule, onChange, onRemove }: CorsFieldsProps): ReactElement {
  const text = useText('segments');
  return (
    <>
      <div className={styles['row']}>
        <Field className={styles['wide'] ?? ''} label={text.resource.label} hint={text.resource.hint}>
          <Input value={rule.resource} onChange={(_event, { value }) => onChange({ ...rule, resource: value })} />
        </Field>
        <Button
          className={styles['beside'] ?? ''}
          appearance="subtle"
          icon={<Delete20Regular />}
          aria-label={text.removeCors(rule.resource)}
          onClick={onRemove}
        />
      </div>
      <LinesField
        label={text.allowedOrigins}
        placeholder="https://app.example.com"
        values={rule.allowedOrigins}
        onChange={(allowedOrigins) => onChange({ ...rule, allowedOrigins })}
      />
      <LinesField
        label={text.allowedMethods}
        values={rule.allowedMethods}
        onChange={(allowedMethods) => onChange({ ...rule, allowedMethods })}
      />
      <LinesField
        label={text.allowedHeaders.label}
        hint={text.allowedHeaders.hint}
        values={rule.allowedHeaders}
        onChange={(allowedHeaders) => onChange({ ...rule, allowedHeaders })}
      />
      <Field label={text.maxAge.label} hint={text.maxAge.hint}>
        <Input
          className={styles['short'] ?? ''}
          inputMode="numeric"
          value={String(rule.maxAgeInSeconds)}
          onChange={(_event, { value }) => onChange({ ...rule, maxAgeInSeconds: readSeconds(value) })}
        />
      </Field>
    </>
  );
}
