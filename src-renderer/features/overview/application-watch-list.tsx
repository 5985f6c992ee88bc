import { Link } from '@fluentui/react-components';
import { type ReactElement, useMemo } from 'react';
import type { ApplicationWatch } from '../../../src-shared/connector/application-watch.ts';
import { sayCauseInShort } from '../../../src-shared/text/say-error.ts';
import { useAppState } from '../../stores/app-store.ts';
import { useNavigation } from '../../stores/navigation-store.ts';
import { describeHealth } from '../../ui/describe-health.ts';
import { formatClock, formatCount } from '../../ui/format.ts';
import type { Status } from '../../ui/status-mark.tsx';
import { useLanguage, useText } from '../../ui/use-text.ts';
import { useApplicationHealth } from '../applications/use-application-health.ts';
import { joinHealth } from './join-health.ts';
import { describeWay, type Station, STATIONS, type StationState } from './request-way.ts';
import styles from './application-watch-list.module.css';

const SHOWN = 8;

/** How far the requests for each application come, the failing ones first, with the station at which they fail. */
export function ApplicationWatchList(): ReactElement {
  const text = useText('applicationWatch');
  const { go } = useNavigation();
  const seen = useAppState((state) => state.applicationWatch);
  const isSignedIn = useAppState(({ account, signIn }) => account !== null && !signIn.isRequired);
  const health = useApplicationHealth(isSignedIn);
  const watch = useMemo(() => joinHealth(seen, health), [seen, health]);
  const connector = useAppState(describeHealth);
  const isKnown = useAppState(({ engine }) => engine !== null && engine.configurationVersion !== null);
  const shown = watch.listed.slice(0, SHOWN);
  const more = watch.ok + watch.failing + watch.unknown - shown.length;
  return (
    <section className={styles['card']} aria-label={text.title}>
      <div className={styles['head']}>
        <h2 className={styles['title']}>{text.title}</h2>
        <span className={styles['counts']}>
          {shown.length === 0 ? null : text.counts(watch.ok, watch.failing, watch.unknown)}
        </span>
        <Link as="button" onClick={() => go('applications')}>
          {shown.length === 0 && isKnown ? text.publish : text.all}
        </Link>
      </div>
      {shown.length === 0 ? (
        <p className={styles['none']}>{isKnown ? text.none : text.notKnown}</p>
      ) : (
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col" className={styles['name']}>
                {text.name}
              </th>
              {STATIONS.map((station) => (
                <th key={station} scope="col" className={styles['station']}>
                  {text.stations[station]}
                </th>
              ))}
              <th scope="col">{text.state}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((application) => (
              <WatchRow key={application.id} application={application} connector={connector.status} />
            ))}
          </tbody>
        </table>
      )}
      {more > 0 ? <p className={styles['none']}>{text.more(formatCount(more))}</p> : null}
    </section>
  );
}

interface WatchRowProps {
  readonly application: ApplicationWatch;
  readonly connector: Status;
}

function WatchRow({ application, connector }: WatchRowProps): ReactElement {
  const text = useText('applicationWatch');
  const { go } = useNavigation();
  const { displayName, status, hop, code, sinceMs } = application;
  const cause = sayCauseInShort(code, application.cause, useLanguage());
  const way = describeWay(application, connector);
  const isFailing = status === 'failing' && connector !== 'offline' && connector !== 'paused';
  const word =
    connector === 'offline'
      ? text.notConnected
      : connector === 'paused'
        ? text.paused
        : isFailing && hop !== null
          ? text.failsAt(text.hops[hop])
          : text.states[status];
  return (
    <tr>
      <th scope="row" className={styles['name']} title={displayName}>
        <button
          type="button"
          className={styles['link']}
          onClick={() => go('traffic', { trafficText: displayName })}
          aria-label={text.showTraffic(displayName)}
        >
          {displayName}
        </button>
      </th>
      {STATIONS.map((station) => (
        <td key={station} className={styles['station']}>
          <StationMark station={station} state={way[station]} />
        </td>
      ))}
      <td className={styles['state']} data-failing={isFailing}>
        <span className={styles['word']}>
          {word}
          {isFailing && sinceMs !== null ? (
            <span className={styles['since']}> {text.since(formatClock(sinceMs))}</span>
          ) : null}
        </span>
        {isFailing && cause !== null ? (
          <span className={styles['cause']} title={cause}>
            {cause}
          </span>
        ) : null}
      </td>
    </tr>
  );
}

/** A station by colour and shape, and in words for screen readers. A line leads to it from the one before. */
function StationMark({ station, state }: { readonly station: Station; readonly state: StationState }): ReactElement {
  const text = useText('applicationWatch');
  return (
    <span className={styles['mark']} data-state={state} data-first={station === STATIONS[0]}>
      <svg viewBox="0 0 16 16" className={styles['shape']} aria-hidden="true">
        {state === 'failing' ? (
          <>
            <rect x="1" y="1" width="14" height="14" rx="3" />
            <path d="M5 5l6 6M11 5l-6 6" />
          </>
        ) : state === 'reached' ? (
          <>
            <circle cx="8" cy="8" r="6.5" />
            <path d="M5 8.2l2.2 2.2 4-4.4" />
          </>
        ) : (
          <circle cx="8" cy="8" r="5.5" />
        )}
      </svg>
      <span className={styles['spoken']}>{text.stationStates[state]}</span>
    </span>
  );
}
