import { Button, Spinner } from '@fluentui/react-components';
import { PlugConnected16Regular } from '@fluentui/react-icons/svg/plug-connected';
import { type ReactElement, useState } from 'react';
import type { BackendTest } from '../../../src-shared/ipc/window-models.ts';
import { call } from '../../bridge/bridge.ts';
import { formatDuration } from '../../ui/format.ts';
import { StatusMark } from '../../ui/status-mark.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './backend-tester.module.css';

export interface BackendTesterProps {
  readonly internalUrl: string;
  readonly isUrlValid: boolean;
  readonly isCertificateValidated: boolean;
}

/** Asks the backend once from this machine and says what came back. Give it a `key` of what it tests: a result is for that alone. */
export function BackendTester({ internalUrl, isUrlValid, isCertificateValidated }: BackendTesterProps): ReactElement {
  const text = useText('applications');
  const [result, setResult] = useState<BackendTest | null>(null);
  const test = useAction(async () => {
    setResult(null);
    setResult(await call('testBackend', { internalUrl, isCertificateValidated }));
  });
  return (
    <div className={styles['tester']}>
      <Button
        size="small"
        icon={test.isRunning ? <Spinner size="extra-tiny" /> : <PlugConnected16Regular />}
        disabledFocusable={!isUrlValid || test.isRunning}
        onClick={() => void test.run()}
      >
        {test.isRunning ? text.testing : text.test}
      </Button>
      <div className={styles['result']} role="status" data-testid="backend-result">
        {result === null ? (
          test.error instanceof Error ? (
            test.error.message
          ) : (
            text.testIntro
          )
        ) : result.problem === null ? (
          <Answer result={result} />
        ) : (
          <>
            <StatusMark status="offline" />
            <span>
              {result.problem.message}
              {result.problem.remedy === null ? null : <strong> {result.problem.remedy}</strong>}
            </span>
          </>
        )}
      </div>
    </div>
  );
}

function Answer({ result }: { readonly result: BackendTest }): ReactElement {
  const text = useText('applications');
  const status = result.status ?? 0;
  return (
    <>
      <StatusMark status={status < 400 || status === 401 ? 'ok' : 'degraded'} />
      <span>
        {text.testAnswered(`${status} ${result.statusText}`.trim(), formatDuration(result.durationMs))}
        {result.title === null ? null : (
          <>
            {' '}
            {text.testTitle} <strong>{result.title}</strong>
          </>
        )}
        {result.location === null ? null : ` ${text.testLocation(result.location)}`}
      </span>
    </>
  );
}
