import { Button, Dropdown, Input, Option, SearchBox } from '@fluentui/react-components';
import { DismissRegular } from '@fluentui/react-icons/svg/dismiss';
import type { KeyboardEvent, ReactElement } from 'react';
import {
  NO_FILTER,
  STATUS_FILTERS,
  type StatusFilter,
  type TrafficFilter,
} from '../../../src-shared/connector/traffic-filter.ts';
import { useTrafficStore } from '../../stores/traffic-store.ts';
import { formatDuration } from '../../ui/format.ts';
import { oneLine } from '../../ui/one-line.tsx';
import { useText } from '../../ui/use-text.ts';
import { LIST_ID } from './traffic-list.tsx';
import styles from './filter-bar.module.css';

/** The field that the key `/` leads to. */
export const FILTER_ID = 'traffic-filter';

const EVERY_APPLICATION = '';
const MAX_SLOW_MS = 3_600_000;
/** Fluent's own least width, which stands above that of a class, is too much for one of several in a line. */
const STATUS_STYLE = { flex: '0 1 150px', minWidth: 112 } as const;
const APPLICATION_STYLE = { flex: '0 1 192px', minWidth: 112 } as const;

export interface FilterBarProps {
  readonly filter: TrafficFilter;
  readonly onChange: (filter: TrafficFilter) => void;
}

/** What narrows the list, and below it what is in force, each to be taken back by itself. */
export function FilterBar({ filter, onChange }: FilterBarProps): ReactElement {
  const text = useText('traffic');
  const applications = useTrafficStore((store) => store.applications);
  const change = (part: Partial<TrafficFilter>): void => onChange({ ...filter, ...part });
  const nameOf = (id: string): string => applications.find((entry) => entry.id === id)?.name ?? id;
  const chosenApplication = filter.applicationId === null ? text.everyApplication : nameOf(filter.applicationId);
  const onSearchKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && filter.text === '') document.getElementById(LIST_ID)?.focus();
  };
  const chips: { readonly label: string; readonly without: Partial<TrafficFilter> }[] = [];
  if (filter.status !== 'all') chips.push({ label: text.statuses[filter.status], without: { status: 'all' } });
  if (filter.applicationId !== null)
    chips.push({ label: nameOf(filter.applicationId), without: { applicationId: null } });
  if (filter.user !== null) chips.push({ label: text.userChip(filter.user), without: { user: null } });
  if (filter.slowerThanMs !== null)
    chips.push({ label: text.slowChip(formatDuration(filter.slowerThanMs)), without: { slowerThanMs: null } });
  if (filter.text.trim() !== '') chips.push({ label: text.textChip(filter.text.trim()), without: { text: '' } });
  return (
    <div className={styles['bar']} role="search" aria-label={text.filters}>
      <div className={styles['fields']}>
        <SearchBox
          id={FILTER_ID}
          className={styles['search'] ?? ''}
          placeholder={text.searchPlaceholder}
          aria-label={text.searchLabel}
          value={filter.text}
          onChange={(_event, { value }) => change({ text: value.slice(0, 500) })}
          onKeyDown={onSearchKey}
        />
        <Dropdown
          style={STATUS_STYLE}
          aria-label={text.statusLabel}
          button={oneLine(text.statuses[filter.status])}
          value={text.statuses[filter.status]}
          selectedOptions={[filter.status]}
          onOptionSelect={(_event, { optionValue }) => change({ status: toStatus(optionValue) })}
        >
          {STATUS_FILTERS.map((entry) => (
            <Option key={entry} value={entry} text={text.statuses[entry]}>
              {text.statuses[entry]}
            </Option>
          ))}
        </Dropdown>
        <Dropdown
          style={APPLICATION_STYLE}
          aria-label={text.applicationLabel}
          button={oneLine(chosenApplication)}
          value={chosenApplication}
          selectedOptions={[filter.applicationId ?? EVERY_APPLICATION]}
          onOptionSelect={(_event, { optionValue }) =>
            change({ applicationId: optionValue === EVERY_APPLICATION ? null : (optionValue ?? null) })
          }
        >
          <Option value={EVERY_APPLICATION} text={text.everyApplication}>
            {text.everyApplication}
          </Option>
          {applications.map(({ id, name }) => (
            <Option key={id} value={id} text={name}>
              {name}
            </Option>
          ))}
        </Dropdown>
        <Input
          className={styles['user'] ?? ''}
          aria-label={text.userLabel}
          placeholder={text.userPlaceholder}
          value={filter.user ?? ''}
          onChange={(_event, { value }) => change({ user: value === '' ? null : value.slice(0, 256) })}
        />
        <Input
          className={styles['slow'] ?? ''}
          aria-label={text.slowLabel}
          placeholder={text.slowPlaceholder}
          inputMode="numeric"
          contentAfter="ms"
          value={filter.slowerThanMs === null ? '' : String(filter.slowerThanMs)}
          onChange={(_event, { value }) => change({ slowerThanMs: toMilliseconds(value) })}
        />
      </div>
      {chips.length === 0 ? null : (
        <ul className={styles['chips']} aria-label={text.activeFilters}>
          {chips.map(({ label, without }) => (
            <li key={label}>
              <Button
                size="small"
                shape="circular"
                icon={<DismissRegular />}
                iconPosition="after"
                aria-label={text.removeFilter(label)}
                onClick={() => change(without)}
              >
                {label}
              </Button>
            </li>
          ))}
          <li>
            <Button size="small" appearance="transparent" onClick={() => onChange(NO_FILTER)}>
              {text.clearFilters}
            </Button>
          </li>
        </ul>
      )}
    </div>
  );
}

function toStatus(value: string | undefined): StatusFilter {
  return STATUS_FILTERS.find((entry) => entry === value) ?? 'all';
}

function toMilliseconds(value: string): number | null {
  const digits = value.replaceAll(/\D/g, '');
  return digits === '' ? null : Math.min(MAX_SLOW_MS, Number(digits));
}
