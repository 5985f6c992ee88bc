import { Button, Dropdown, Option, SearchBox } from '@fluentui/react-components';
import { DeleteDismissRegular } from '@fluentui/react-icons/svg/delete-dismiss';
import { PauseRegular } from '@fluentui/react-icons/svg/pause';
import { PlayRegular } from '@fluentui/react-icons/svg/play';
import { PulseRegular } from '@fluentui/react-icons/svg/pulse';
import { type KeyboardEvent, type ReactElement, useMemo, useState } from 'react';
import { NO_FILTER, STATUS_FILTERS, type StatusFilter } from '../../../src-shared/connector/traffic-filter.ts';
import { useNavigation } from '../../stores/navigation-store.ts';
import { clearTraffic } from '../../stores/traffic-store.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatCount } from '../../ui/format.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { TrafficDetail } from './traffic-detail.tsx';
import { TrafficList } from './traffic-list.tsx';
import { useShownRecords } from './use-shown-records.ts';
import styles from './traffic-page.module.css';

const STATUS_TITLES: Readonly<Record<StatusFilter, string>> = {
  all: 'All answers',
  '2xx': '2xx success',
  '3xx': '3xx redirect',
  '4xx': '4xx refused',
  '5xx': '5xx error',
  failed: 'Failures',
  open: 'Still open',
};

const FILTER_ID = 'traffic-filter';

/** Every request as it passes. */
export function TrafficPage(): ReactElement {
  const { trafficText } = useNavigation();
  const [text, setText] = useState(trafficText);
  const [status, setStatus] = useState<StatusFilter>('all');
  const [isPaused, setPaused] = useState(false);
  const [selected, setSelected] = useState<number | null>(null);
  const filter = useMemo(() => ({ ...NO_FILTER, text, status }), [text, status]);
  const { records, newCount, totalCount } = useShownRecords(filter, isPaused);
  const detail = records.find((record) => record.sequence === selected) ?? null;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLInputElement) return;
    if (event.key === '/') document.getElementById(FILTER_ID)?.focus();
    else if (event.key === 'p') setPaused((before) => !before);
    else if (event.key === 'Escape') setSelected(null);
    else return;
    event.preventDefault();
  };
  const isFiltered = text.trim() !== '' || status !== 'all';
  return (
    // The keys are short cuts to buttons that are there, too.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className={styles['page']} onKeyDown={onKeyDown}>
      <PageHeader
        title="Traffic"
        subtitle={
          totalCount === 0
            ? 'Every request through this connector, as it passes'
            : `${formatCount(records.length)}${isFiltered ? ` of ${formatCount(totalCount)}` : ''} requests${newCount > 0 ? `, ${formatCount(newCount)} new while paused` : ''}`
        }
        actions={
          <>
            <SearchBox
              id={FILTER_ID}
              className={styles['search'] ?? ''}
              placeholder="Filter by URL, user, status… ( / )"
              aria-label="Filter the requests"
              value={text}
              onChange={(_event, { value }) => setText(value)}
            />
            <Dropdown
              style={{ minWidth: 136, width: 136 }}
              aria-label="Filter by status"
              value={STATUS_TITLES[status]}
              selectedOptions={[status]}
              onOptionSelect={(_event, { optionValue }) =>
                setStatus(STATUS_FILTERS.find((entry) => entry === optionValue) ?? 'all')
              }
            >
              {STATUS_FILTERS.map((entry) => (
                <Option key={entry} value={entry} text={STATUS_TITLES[entry]}>
                  {STATUS_TITLES[entry]}
                </Option>
              ))}
            </Dropdown>
            <Button
              icon={isPaused ? <PlayRegular /> : <PauseRegular />}
              appearance={isPaused ? 'primary' : 'secondary'}
              onClick={() => setPaused(!isPaused)}
            >
              {isPaused ? 'Resume' : 'Pause'}
            </Button>
            <Button
              icon={<DeleteDismissRegular />}
              appearance="subtle"
              onClick={clearTraffic}
              aria-label="Clear the list"
            />
          </>
        }
      />
      {totalCount === 0 ? (
        <EmptyState icon={<PulseRegular />} title="No request has passed yet">
          Open a published application in a browser: each request appears here with its user, status and timing. Nothing
          of its content is kept.
        </EmptyState>
      ) : (
        <div className={styles['split']} data-detail={detail !== null}>
          <TrafficList records={records} selected={selected} onSelect={setSelected} />
          {detail === null ? null : <TrafficDetail record={detail} onClose={() => setSelected(null)} />}
        </div>
      )}
    </div>
  );
}
