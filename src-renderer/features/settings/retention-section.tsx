import { Field, Input } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import {
  DEFAULT_RETENTION,
  type Retention,
  RETENTION_BOUNDS,
  retentionSchema,
} from '../../../src-shared/ipc/machine-settings.ts';
import { call } from '../../bridge/bridge.ts';
import { formatCount } from '../../ui/format.ts';
import { useNotify } from '../../ui/notify.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useKeptInput } from '../../ui/use-kept-input.ts';
import { useText } from '../../ui/use-text.ts';
import { SaveBar } from './save-bar.tsx';
import { SettingsSection } from './settings-section.tsx';
import styles from './machine-sections.module.css';

type RetentionKey = keyof Retention;
const KEYS: readonly RetentionKey[] = ['recordDays', 'figureDays', 'maxMebibytes'];

export interface RetentionSectionProps {
  readonly saved: Retention;
  readonly onSaved: () => Promise<void>;
}

export function RetentionSection({ saved, onSaved }: RetentionSectionProps): ReactElement {
  const text = useText('machineSettings');
  const notify = useNotify();
  const typed = useKeptInput('retention', saved, () => asTexts(saved));
  const { input: draft } = typed;
  const values = Object.fromEntries(KEYS.map((key) => [key, numberOf(draft[key])]));
  const parsed = retentionSchema.safeParse(values);
  const wrong = new Set(parsed.error?.issues.map(({ path }) => path[0]));
  const put = async (retention: Retention): Promise<void> => {
    await call('saveRetention', retention);
    await onSaved();
  };
  const save = useAction(async () => {
    if (!parsed.success) return;
    await put(parsed.data);
    typed.forget();
    notify.success(text.saved, () => put(saved));
  });
  return (
    <SettingsSection title={text.retention} text={text.retentionText}>
      <div className={styles['numbers']}>
        {KEYS.map((key) => {
          const { least, most } = RETENTION_BOUNDS[key];
          const unit = key === 'maxMebibytes' ? 'MiB' : text.daysUnit;
          return (
            <Field
              key={key}
              label={text[key]}
              hint={text.defaultIs(`${formatCount(DEFAULT_RETENTION[key])} ${unit}`)}
              {...(wrong.has(key)
                ? {
                    validationState: 'error',
                    validationMessage: text.numberProblem(formatCount(least), formatCount(most)),
                  }
                : {})}
            >
              <Input
                className={styles['narrow'] ?? ''}
                inputMode="numeric"
                value={draft[key]}
                contentAfter={<span className={styles['unit']}>{unit}</span>}
                onChange={(_event, { value }) => typed.change({ ...draft, [key]: value })}
              />
            </Field>
          );
        })}
      </div>
      <SaveBar
        save={save}
        isChanged={JSON.stringify(draft) !== JSON.stringify(asTexts(saved))}
        isValid={parsed.success}
        onDiscard={typed.forget}
      />
    </SettingsSection>
  );
}

function asTexts(retention: Retention): Record<RetentionKey, string> {
  const { recordDays, figureDays, maxMebibytes } = retention;
  return { recordDays: String(recordDays), figureDays: String(figureDays), maxMebibytes: String(maxMebibytes) };
}

function numberOf(text: string): number {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
}
