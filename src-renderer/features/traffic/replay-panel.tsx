import { Button } from '@fluentui/react-components';
import { ArrowRepeatAllRegular } from '@fluentui/react-icons/svg/arrow-repeat-all';
import { type ReactElement, useState } from 'react';
import type { TrafficRecord } from '../../../src-shared/connector/traffic-record.ts';
import type { Replay } from '../../../src-shared/ipc/window-models.ts';
import { sayCause } from '../../../src-shared/text/say-error.ts';
import { call } from '../../bridge/bridge.ts';
import { formatBytes, formatDuration } from '../../ui/format.ts';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useLanguage, useText } from '../../ui/use-text.ts';
import styles from './traffic-detail.module.css';

/** Sends a safe request once more, and puts what came beside what had come. */
export function ReplayPanel({ record }: { readonly record: TrafficRecord }): ReactElement | null {
  const text = useText('traffic');
  const language = useLanguage();
  const [replay, setReplay] = useState<Replay | null>(null);
  const send = useAction(async () => setReplay(await call('replayRequest', { sequence: record.sequence })));
  if (record.isUpgrade || (record.method !== 'GET' && record.method !== 'HEAD')) return null;
  const isWhole = !record.url.includes('[secret]') && !record.url.endsWith('…');
  return (
    <section className={styles['replay']} aria-label={text.replayTitle}>
      <Button
        icon={<ArrowRepeatAllRegular />}
        disabledFocusable={!isWhole || send.isRunning}
        onClick={() => void send.run()}
      >
        {send.isRunning ? text.replaying : text.replay}
      </Button>
      <p className={styles['note']}>{isWhole ? text.replayNote : text.replayRefusal}</p>
      {send.error === null ? null : <ProblemBar title={text.replayFailed} error={send.error} />}
      {replay === null ? null : (
        <table className={styles['compare']}>
          <thead>
            <tr>
              <th scope="col">{text.measure}</th>
              <th scope="col">{text.before}</th>
              <th scope="col">{text.now}</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{text.columns.status}</th>
              <td>{record.status ?? text.failed}</td>
              <td>{replay.status ?? text.failed}</td>
            </tr>
            <tr>
              <th scope="row">{text.columns.firstByte}</th>
              <td>{time(record.timing.firstByteMs)}</td>
              <td>{time(replay.firstByteMs)}</td>
            </tr>
            <tr>
              <th scope="row">{text.columns.duration}</th>
              <td>{time(record.timing.totalMs)}</td>
              <td>{time(replay.totalMs)}</td>
            </tr>
            <tr>
              <th scope="row">{text.columns.size}</th>
              <td>{formatBytes(record.responseBytes)}</td>
              <td>{formatBytes(replay.bytes)}</td>
            </tr>
          </tbody>
        </table>
      )}
      {replay === null || replay.errorCause === null ? null : (
        <p className={styles['note']}>
          {replay.errorCode}: {sayCause(replay.errorCode, replay.errorCause, language)}
        </p>
      )}
    </section>
  );
}

function time(ms: number | null): string {
  return ms === null ? '–' : formatDuration(ms);
}
