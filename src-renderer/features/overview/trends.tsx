import { Button, ToggleButton } from '@fluentui/react-components';
import { DataTrendingRegular } from '@fluentui/react-icons/svg/data-trending';
import { TableRegular } from '@fluentui/react-icons/svg/table';
import { type ReactElement, useMemo, useState } from 'react';
import { useAppState } from '../../stores/app-store.ts';
import { useNavigation } from '../../stores/navigation-store.ts';
import { useTrafficStore } from '../../stores/traffic-store.ts';
import { ApplicationChoice } from '../../ui/application-choice.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { SegmentedChoice } from '../../ui/segmented-choice.tsx';
import { useText } from '../../ui/use-text.ts';
import { TrendCharts } from './trend-charts.tsx';
import { TrendFigures } from './trend-figures.tsx';
import { TREND_RANGES, type TrendRange } from './trend-range.ts';
import { TrendTable } from './trend-table.tsx';
import { useTrend } from './use-trend.ts';
import styles from './trends.module.css';

/** 2 before 10. */
const BY_NAME = new Intl.Collator(undefined, { numeric: true });
const NONE: readonly { id: string; displayName: string }[] = [];

/** How the traffic went in a span of time: figures, charts, or the same as a table. */
export function Trends(): ReactElement {
  const text = useText('trends');
  const [range, setRange] = useState<TrendRange>('live');
  const [applicationId, setApplicationId] = useState<string | null>(null);
  const [isTable, setTable] = useState(false);
  const { figures, error } = useTrend(range, applicationId);
  const applications = useApplications();
  // The figures are others each second; what they are asked for by is made anew only where it changes.
  const bar = useMemo(
    () => (
      <div className={styles['bar']}>
        <SegmentedChoice
          label={text.range}
          value={range}
          onChange={setRange}
          options={TREND_RANGES.map((value) => ({ value, label: text.ranges[value] }))}
        />
        <ApplicationChoice
          label={text.ofApplication}
          applications={applications}
          value={applicationId}
          onChange={setApplicationId}
        />
        <ToggleButton
          className={styles['last'] ?? ''}
          icon={<TableRegular />}
          appearance="subtle"
          checked={isTable}
          onClick={() => setTable(!isTable)}
        >
          {text.asTable}
        </ToggleButton>
      </div>
    ),
    [text, range, applications, applicationId, isTable],
  );
  return (
    <section className={styles['trends']} aria-label={text.title}>
      {bar}
      {error === null ? null : <ProblemBar title={text.unreadable} error={error} />}
      <TrendFigures figures={figures} />
      <div className={styles['body']}>
        {figures === null ? null : figures.total.requests === 0 ? (
          <NoTraffic range={range} onRange={setRange} />
        ) : isTable ? (
          <TrendTable range={range} figures={figures} />
        ) : (
          <TrendCharts range={range} figures={figures} />
        )}
      </div>
    </section>
  );
}

/** Those that this connector serves, and those that it served lately. */
function useApplications(): readonly { readonly id: string; readonly displayName: string }[] {
  const served = useAppState(({ engine }) => engine?.applications ?? NONE);
  const seen = useTrafficStore((store) => store.applications);
  return useMemo(() => {
    const names = new Map(seen.map(({ id, name }) => [id, name]));
    for (const { id, displayName } of served) names.set(id, displayName);
    return Array.from(names, ([id, displayName]) => ({ id, displayName })).sort((one, other) =>
      BY_NAME.compare(one.displayName, other.displayName),
    );
  }, [served, seen]);
}

function NoTraffic({ range, onRange }: { range: TrendRange; onRange: (range: TrendRange) => void }): ReactElement {
  const text = useText('trends');
  const { go } = useNavigation();
  const isLive = range === 'live';
  return (
    <div className={styles['empty']}>
      <EmptyState
        icon={<DataTrendingRegular />}
        title={text.emptyTitle[range]}
        action={
          isLive ? (
            <>
              <Button onClick={() => onRange('day')}>{text.ranges.day}</Button>{' '}
              <Button appearance="primary" onClick={() => go('applications')}>
                {text.openApplications}
              </Button>
            </>
          ) : undefined
        }
      >
        {isLive ? text.emptyLive : text.emptyPast}
      </EmptyState>
    </div>
  );
}
