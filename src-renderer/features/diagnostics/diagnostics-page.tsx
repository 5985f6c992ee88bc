import { Tab, TabList } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import { useNavigation } from '../../stores/navigation-store.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { useText } from '../../ui/use-text.ts';
import { BundlePanel } from './bundle-panel.tsx';
import styles from './diagnostics-page.module.css';
import { LogPanel } from './log-panel.tsx';
import { SelfTestPanel } from './self-test-panel.tsx';
import { WhyPanel } from './why-panel.tsx';

const TABS = ['why', 'selfTest', 'logs', 'bundle'] as const;
type TabName = (typeof TABS)[number];

/** What is wrong, and what to do about it: one request, the whole way, the logs, and all of it for somebody who helps. */
export function DiagnosticsPage(): ReactElement {
  const text = useText('diagnostics');
  const title = useText('shell').page.diagnostics;
  const { activityId } = useNavigation();
  const [tab, setTab] = useState<TabName>(activityId === '' ? 'selfTest' : 'why');
  return (
    <div className={styles['page']}>
      <PageHeader title={title} subtitle={text.subtitle} />
      <TabList
        className={styles['tabs'] ?? ''}
        aria-label={text.sections}
        selectedValue={tab}
        onTabSelect={(_event, { value }) => setTab(TABS.find((each) => each === value) ?? 'selfTest')}
      >
        {TABS.map((name) => (
          <Tab key={name} value={name}>
            {text.tabs[name]}
          </Tab>
        ))}
      </TabList>
      {/* Each keeps what it has found while another one is looked at. */}
      <div className={styles['panel']} hidden={tab !== 'why'}>
        <WhyPanel />
      </div>
      <div className={styles['panel']} hidden={tab !== 'selfTest'}>
        <SelfTestPanel />
      </div>
      {tab === 'logs' ? <LogPanel /> : null}
      <div className={styles['panel']} hidden={tab !== 'bundle'}>
        <BundlePanel />
      </div>
    </div>
  );
}
