import { Button } from '@fluentui/react-components';
import { PulseRegular } from '@fluentui/react-icons/svg/pulse';
import type { ReactElement, ReactNode } from 'react';
import type { FailureFinding } from '../../../src-shared/ipc/diagnostics-models.ts';
import { HOPS, type Hop } from '../../../src-shared/errors/failing-hop.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useNavigation } from '../../stores/navigation-store.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatDate, formatDuration, formatTimeOfDay } from '../../ui/format.ts';
import { StatusMark } from '../../ui/status-mark.tsx';
import { useText } from '../../ui/use-text.ts';
import { explainFinding, wayTo } from './explain-finding.ts';
import styles from './why-panel.module.css';

/** What became of one request: where it failed, why, and what to do. */
export function Verdict({ finding }: { readonly finding: FailureFinding }): ReactElement {
  const text = useText('why');
  const { go } = useNavigation();
  const { record, activityId, serviceProblem } = finding;
  const verdict = explainFinding(finding, text);
  return (
    <section className={styles['verdict']} aria-label={text.title} data-testid="verdict">
      <VerdictHead finding={finding} />
      {verdict.kind === 'failed' ? (
        <>
          <Way hop={verdict.hop} />
          <p className={styles['cause']}>{verdict.cause}</p>
          <Part label={text.whatToDo}>
            <p>
              {verdict.remedy} {verdict.mayBeRepeated ? text.mayRepeat : ''}
            </p>
          </Part>
          {verdict.said === null ? null : (
            <Part label={text.said}>
              <p className={styles['said']}>
                {verdict.code}: {verdict.said}
              </p>
            </Part>
          )}
        </>
      ) : verdict.kind === 'answered' ? (
        <>
          <p className={styles['cause']}>{text.notFailedText(String(verdict.status ?? text.none))}</p>
          <p>{text.notFailedRemedy}</p>
        </>
      ) : verdict.kind === 'unknown' ? (
        <ul className={styles['reasons']}>
          {text.unknownReasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      ) : null}
      <OtherConnector finding={finding} />
      {serviceProblem === null ? null : <p className={styles['aside']}>{text.serviceNotAsked(serviceProblem)}</p>}
      {verdict.kind === 'unknown' ? null : <Facts finding={finding} />}
      {record === null ? null : (
        <div>
          <Button icon={<PulseRegular />} onClick={() => go('traffic', { trafficText: activityId })}>
            {text.openTraffic}
          </Button>
        </div>
      )}
    </section>
  );
}

function VerdictHead({ finding }: { readonly finding: FailureFinding }): ReactElement {
  const text = useText('why');
  const verdict = explainFinding(finding, text);
  const isGood = verdict.kind === 'answered' && (verdict.status ?? 0) < 500;
  return (
    <div className={styles['head']}>
      <StatusMark status={verdict.kind === 'failed' ? 'offline' : isGood ? 'ok' : 'degraded'} />
      <h2 className={styles['title']}>
        {verdict.kind === 'failed'
          ? text.failedAt(text.explanation.stations[verdict.hop])
          : verdict.kind === 'answered'
            ? text.notFailed
            : verdict.kind === 'open'
              ? text.stillOpen
              : text.unknown}
      </h2>
    </div>
  );
}

function Way({ hop }: { readonly hop: Hop }): ReactElement {
  const text = useText('why');
  const words = { passed: text.passed, failed: text.failedHere, notReached: text.notReached };
  return (
    <ol className={styles['way']} aria-label={text.way}>
      {wayTo(hop).map((station) => (
        <li key={station.hop} className={styles['station']} data-state={station.state}>
          {text.explanation.stations[station.hop]}
          <br />
          {words[station.state]}
        </li>
      ))}
    </ol>
  );
}

/** Where this computer can't know more. */
function OtherConnector({ finding: { record, failure } }: { readonly finding: FailureFinding }): ReactElement | null {
  const text = useText('why');
  const ownId = useAppState((state) => state.connector?.connectorId ?? null);
  if (record !== null || failure === null || failure.connectorId === ownId) return null;
  // Of what got no answer the service doesn't say which one had it.
  const wasForwarded = failure.connectorId !== null || HOPS.indexOf(failure.hop) > HOPS.indexOf('tunnel');
  if (!wasForwarded) return null;
  return <p className={styles['aside']}>{text.otherConnector(failure.connectorId ?? text.anotherConnector)}</p>;
}

function Facts({ finding: { activityId, record, failure } }: { readonly finding: FailureFinding }): ReactElement {
  const text = useText('why');
  const atMs = failure === null ? (record?.startedAtMs ?? 0) : Date.parse(failure.startedDateTime);
  const request =
    failure === null ? `${record?.method} ${record?.url}` : `${failure.method} ${failure.host}${failure.url}`;
  const durationMs = failure?.durationMs ?? record?.timing.totalMs ?? null;
  const user = failure?.userPrincipalName ?? record?.userName ?? text.notSignedIn;
  return (
    <dl className={styles['facts']}>
      <dt>{text.facts.time}</dt>
      <dd>
        {formatDate(atMs)}, {formatTimeOfDay(atMs)}
      </dd>
      <dt>{text.facts.request}</dt>
      <dd>{request}</dd>
      <dt>{text.facts.application}</dt>
      <dd>{failure?.applicationDisplayName ?? record?.applicationName ?? text.none}</dd>
      <dt>{text.facts.user}</dt>
      <dd>{user}</dd>
      <dt>{text.facts.status}</dt>
      <dd>{failure?.status ?? record?.status ?? text.none}</dd>
      {durationMs === null ? null : (
        <>
          <dt>{text.facts.duration}</dt>
          <dd>{formatDuration(durationMs)}</dd>
        </>
      )}
      <dt>{text.facts.activityId}</dt>
      <dd>
        {activityId} <CopyButton text={activityId} label={text.facts.activityId} />
      </dd>
    </dl>
  );
}

function Part({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactElement {
  return (
    <div className={styles['part']}>
      <h3 className={styles['label']}>{label}</h3>
      {children}
    </div>
  );
}
