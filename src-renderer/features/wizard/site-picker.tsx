import { Button, Spinner } from '@fluentui/react-components';
import { ArrowClockwiseRegular } from '@fluentui/react-icons/svg/arrow-clockwise';
import { GlobeRegular } from '@fluentui/react-icons/svg/globe';
import { type ReactElement, useEffect, useState } from 'react';
import type { LocalSite } from '../../../src-shared/ipc/local-site.ts';
import { call } from '../../bridge/bridge.ts';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './site-picker.module.css';

export interface SitePickerProps {
  /** What is typed as the internal URL. */
  readonly internalUrl: string;
  readonly onPick: (site: LocalSite) => void;
}

/** Offers what answers HTTP on this machine. Says so where there is nothing, and leaves the form to be filled in by hand. */
export function SitePicker({ internalUrl, onPick }: SitePickerProps): ReactElement {
  const text = useText('localSites');
  const [sites, setSites] = useState<readonly LocalSite[] | null>(null);
  const search = useAction(async () => setSites(await call('findLocalSites')));
  const { run } = search;
  useEffect(() => void run(), [run]);
  return (
    <section className={styles['picker']} aria-label={text.title}>
      <div className={styles['head']}>
        <h2 className={styles['title']}>{text.title}</h2>
        {search.isRunning ? (
          <Spinner size="extra-tiny" label={text.searching} />
        ) : (
          <Button size="small" appearance="subtle" icon={<ArrowClockwiseRegular />} onClick={() => void run()}>
            {text.again}
          </Button>
        )}
      </div>
      {sites === null ? null : sites.length === 0 ? (
        <p className={styles['none']}>{text.none}</p>
      ) : (
        <ul className={styles['sites']}>
          {sites.map((site) => (
            <li key={site.url}>
              <Site site={site} isChosen={site.url === internalUrl.trim()} onPick={onPick} />
            </li>
          ))}
        </ul>
      )}
      {search.error === null ? null : <p className={styles['none']}>{text.failed}</p>}
    </section>
  );
}

interface SiteProps {
  readonly site: LocalSite;
  readonly isChosen: boolean;
  readonly onPick: (site: LocalSite) => void;
}

function Site({ site, isChosen, onPick }: SiteProps): ReactElement {
  const text = useText('localSites');
  const { url, title, server, status, icon, isCertificateTrusted } = site;
  const aside = [status >= 400 ? text.status(status) : null, isCertificateTrusted ? null : text.untrusted];
  return (
    <button type="button" className={styles['site']} aria-pressed={isChosen} onClick={() => onPick(site)}>
      <span className={styles['icon']} aria-hidden="true">
        {icon === null ? <GlobeRegular /> : <img src={icon} alt="" width={20} height={20} />}
      </span>
      <span className={styles['words']}>
        <span className={styles['name']}>{title ?? server ?? text.untitled}</span>
        <span className={styles['url']}>{[url, ...aside].filter((part) => part !== null).join(' · ')}</span>
      </span>
    </button>
  );
}
