import { Button, Field, Input, Spinner } from '@fluentui/react-components';
import { SearchRegular } from '@fluentui/react-icons/svg/search';
import { type ReactElement, useEffect, useState } from 'react';
import type { FailureFinding } from '../../../src-shared/ipc/diagnostics-models.ts';
import { call } from '../../bridge/bridge.ts';
import { useNavigation } from '../../stores/navigation-store.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import pageStyles from './diagnostics-page.module.css';
import { Verdict } from './verdict.tsx';
import styles from './why-panel.module.css';

const ACTIVITY_ID = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/i;

/** Takes an activity id, as it is or within the text of an error page, and says why its request failed. */
export function WhyPanel(): ReactElement {
  const text = useText('why');
  const { activityId } = useNavigation();
  const [given, setGiven] = useState(activityId);
  const [finding, setFinding] = useState<FailureFinding | null>(null);
  const id = ACTIVITY_ID.exec(given)?.[0].toLowerCase();
  const find = useAction(async (wanted: string) => setFinding(await call('explainFailure', { activityId: wanted })));
  const { run } = find;
  useEffect(() => {
    if (activityId !== '') void run(activityId);
  }, [activityId, run]);
  const isWrong = given.trim() !== '' && id === undefined;
  return (
    <>
      <p className={pageStyles['intro']}>{text.intro}</p>
      <form
        className={styles['form']}
        onSubmit={(event) => {
          event.preventDefault();
          if (id !== undefined) void run(id);
        }}
      >
        <Field
          className={styles['field'] ?? ''}
          label={text.label}
          {...(isWrong ? { validationState: 'error' as const, validationMessage: text.noId } : {})}
        >
          <Input
            value={given}
            placeholder={text.placeholder}
            contentBefore={<SearchRegular />}
            onChange={(_event, { value }) => setGiven(value)}
          />
        </Field>
        <Button
          appearance="primary"
          type="submit"
          disabledFocusable={id === undefined || find.isRunning}
          icon={find.isRunning ? <Spinner size="extra-tiny" /> : null}
        >
          {find.isRunning ? text.finding : text.find}
        </Button>
      </form>
      {find.error === null ? null : <ProblemBar title={text.failed} error={find.error} />}
      {finding === null || find.isRunning || find.error !== null ? null : <Verdict finding={finding} />}
    </>
  );
}
