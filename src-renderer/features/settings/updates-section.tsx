import { Button, Field, Switch } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useMemo } from 'react';
import { remedyFor, sayError } from '../../../src-shared/text/say-error.ts';
import type { UpdateSettings } from '../../../src-shared/updates/update-state.ts';
import { call, CallError } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { formatDateTime } from '../../ui/format.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import { ServiceVersion } from './service-version.tsx';
import { SettingsSection } from './settings-section.tsx';
import { UpdateFeedField } from './update-feed-field.tsx';
import { UpdateOffer } from './update-offer.tsx';
import styles from './settings-page.module.css';

/** Which version this is, whether there is a newer one, and how it gets here. */
export function UpdatesSection(): ReactElement {
  const text = useText('updates');
  const { saveFailed } = useText('machineSettings');
  const version = useAppState((state) => state.version);
  const updates = useAppState((state) => state.updates);
  const language = useAppState((state) => state.language);
  const { ability, problem, lastCheck, phase, isAutomatic, feedUrl, builtInFeedUrl } = updates;
  const check = useAction(async () => call('checkForUpdate'));
  const save = useAction(async (wanted: UpdateSettings) => call('saveUpdateSettings', wanted));
  const told = useMemo(() => {
    if (problem === null) return null;
    const { code } = problem;
    return new CallError({
      code,
      message: sayError(problem, language),
      remedy: remedyFor(code, language),
      target: null,
      problems: [],
    });
  }, [problem, language]);
  const canLook = ability === 'installs' || ability === 'tells';
  const error = check.error ?? told;
  return (
    <SettingsSection title={text.title} text={text.text}>
      <dl className={styles['facts']}>
        <Fact label={text.ownVersion}>{updates.isTestPackage ? `${version} (${text.forTests})` : version}</Fact>
        {canLook ? (
          <Fact label={text.lastCheck}>
            {lastCheck === null ? text.never : `${formatDateTime(lastCheck.atMs)}: ${text.outcome[lastCheck.outcome]}`}
          </Fact>
        ) : null}
      </dl>
      {ability === 'installs' ? null : <p className={styles['note']}>{text[ability]}</p>}
      {canLook ? (
        <>
          <UpdateOffer updates={updates} />
          {error === null ? null : <ProblemBar title={text.failed} error={error} />}
          <div>
            <Button
              disabledFocusable={check.isRunning || (phase !== 'idle' && phase !== 'ready')}
              onClick={() => void check.run()}
            >
              {phase === 'checking' ? text.checking : text.check}
            </Button>
          </div>
          <Field hint={text.isAutomaticHint}>
            <Switch
              label={text.isAutomatic}
              checked={isAutomatic}
              onChange={(_event, { checked }) => void save.run({ isAutomatic: checked, feedUrl })}
            />
          </Field>
          {save.error === null ? null : <ProblemBar title={saveFailed} error={save.error} />}
          <UpdateFeedField
            key={feedUrl}
            saved={feedUrl}
            builtIn={builtInFeedUrl ?? ''}
            onSave={async (url) => call('saveUpdateSettings', { isAutomatic, feedUrl: url })}
          />
        </>
      ) : null}
      <ServiceVersion own={version} />
    </SettingsSection>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactElement {
  return (
    <div className={styles['fact']}>
      <dt className={styles['label']}>{label}</dt>
      <dd className={styles['value']}>{children}</dd>
    </div>
  );
}
