import {
  Button,
  DialogActions,
  DialogContent,
  Dropdown,
  Field,
  Input,
  Option,
  SpinButton,
} from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { ConnectorGroup } from '../../../src-shared/publishing/application.ts';
import {
  type EnrolmentTokenCreated,
  MAX_ENROLMENT_TOKEN_USES,
} from '../../../src-shared/publishing/enrolment-token.ts';
import { call } from '../../bridge/bridge.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import type { KeptInput } from '../../ui/use-kept-input.ts';
import { useText } from '../../ui/use-text.ts';
import { SignInAgain } from '../sign-in/sign-in-again.tsx';
import styles from './install-dialog.module.css';

export interface InstallFormProps {
  readonly groups: readonly ConnectorGroup[];
  readonly typed: KeptInput<Installation>;
  readonly onMade: (token: EnrolmentTokenCreated) => void;
  readonly onClose: () => void;
}

const HOUR_SECONDS = 3600;
const LIVES = [
  { name: 'hour', seconds: HOUR_SECONDS },
  { name: 'workday', seconds: 8 * HOUR_SECONDS },
  { name: 'day', seconds: 24 * HOUR_SECONDS },
  { name: 'week', seconds: 7 * 24 * HOUR_SECONDS },
  { name: 'month', seconds: 30 * 24 * HOUR_SECONDS },
] as const;

/** What is asked of a token. */
export interface Installation {
  readonly name: string;
  /** Null for the default one. */
  readonly groupId: string | null;
  /** Null where no number is typed. */
  readonly uses: number | null;
  readonly seconds: number;
}

export const FRESH_INSTALLATION: Installation = { name: '', groupId: null, uses: 1, seconds: HOUR_SECONDS };

/** What the token is for, where it leads, how often and how long it can be used. */
export function InstallForm({ groups, typed, onMade, onClose }: InstallFormProps): ReactElement {
  const { installation: text } = useText('connectors');
  const shell = useText('shell');
  const { name, groupId, uses, seconds } = typed.input;
  const change = (part: Partial<Installation>): void => typed.change({ ...typed.input, ...part });
  const group = groups.find(({ id, isDefault }) => (groupId === null ? isDefault : id === groupId));
  const isCountRight = uses !== null && Number.isInteger(uses) && uses >= 1 && uses <= MAX_ENROLMENT_TOKEN_USES;
  const make = useAction(async () => {
    if (uses === null) return;
    const displayName = name.trim();
    onMade(
      await call('createEnrolmentToken', {
        maxUses: uses,
        expiresInSeconds: seconds,
        ...(displayName === '' ? {} : { displayName }),
        ...(group === undefined ? {} : { connectorGroupId: group.id }),
      }),
    );
  });
  return (
    <>
      <DialogContent className={styles['content'] ?? ''}>
        <SignInAgain isOverlay />
        {make.error === null ? null : <ProblemBar title={text.failed} error={make.error} />}
        <p className={styles['text']}>{text.text}</p>
        <Field label={text.purpose} hint={text.purposeHint}>
          <Input
            value={name}
            placeholder={text.purposePlaceholder}
            maxLength={120}
            onChange={(_event, { value }) => change({ name: value })}
          />
        </Field>
        <Field label={text.group}>
          <Dropdown
            value={group?.name ?? ''}
            selectedOptions={group === undefined ? [] : [group.id]}
            onOptionSelect={(_event, { optionValue }) => change({ groupId: optionValue ?? null })}
          >
            {groups.map(({ id, name: groupName }) => (
              <Option key={id} value={id} text={groupName}>
                {groupName}
              </Option>
            ))}
          </Dropdown>
        </Field>
        <div className={styles['pair']}>
          <Field
            label={text.machines}
            {...(isCountRight
              ? {}
              : { validationState: 'error' as const, validationMessage: text.machinesWrong(MAX_ENROLMENT_TOKEN_USES) })}
          >
            <SpinButton
              min={1}
              max={MAX_ENROLMENT_TOKEN_USES}
              value={uses}
              onChange={(_event, { value, displayValue }) => change({ uses: value ?? readCount(displayValue) })}
            />
          </Field>
          <Field label={text.usableFor}>
            <Dropdown
              value={text.lives[LIVES.find((life) => life.seconds === seconds)?.name ?? 'hour']}
              selectedOptions={[String(seconds)]}
              onOptionSelect={(_event, { optionValue }) => change({ seconds: Number(optionValue) })}
            >
              {LIVES.map((life) => (
                <Option key={life.seconds} value={String(life.seconds)}>
                  {text.lives[life.name]}
                </Option>
              ))}
            </Dropdown>
          </Field>
        </div>
      </DialogContent>
      <DialogActions>
        <Button
          appearance="primary"
          disabledFocusable={make.isRunning || !isCountRight}
          onClick={() => void make.run()}
        >
          {make.isRunning ? text.making : text.make}
        </Button>
        <Button onClick={onClose}>{shell.cancel}</Button>
      </DialogActions>
    </>
  );
}

/** A number as it is typed; null for anything else. */
function readCount(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,6}$/.test(text.trim()) ? Number(text) : null;
}
