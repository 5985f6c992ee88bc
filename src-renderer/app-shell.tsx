import { AppsListDetail20Filled, AppsListDetail20Regular } from '@fluentui/react-icons/svg/apps-list-detail';
import { Home20Filled, Home20Regular } from '@fluentui/react-icons/svg/home';
import { PeopleList20Filled, PeopleList20Regular } from '@fluentui/react-icons/svg/people-list';
import { Pulse20Filled, Pulse20Regular } from '@fluentui/react-icons/svg/pulse';
import { Settings20Filled, Settings20Regular } from '@fluentui/react-icons/svg/settings';
import { Stethoscope20Filled, Stethoscope20Regular } from '@fluentui/react-icons/svg/stethoscope';
import type { ReactElement } from 'react';
import { Server20Filled, Server20Regular } from '@fluentui/react-icons/svg/server';
import { ApplicationsPage } from './features/applications/applications-page.tsx';
import { ConnectorsPage } from './features/connectors/connectors-page.tsx';
import { DiagnosticsPage } from './features/diagnostics/diagnostics-page.tsx';
import { LeftBehindBar } from './features/left-behind/left-behind-bar.tsx';
import { OverviewPage } from './features/overview/overview-page.tsx';
import { SessionsPage } from './features/sessions/sessions-page.tsx';
import { SettingsPage } from './features/settings/settings-page.tsx';
import { SignInAgain } from './features/sign-in/sign-in-again.tsx';
import { CaptureBar } from './features/traffic/capture-bar.tsx';
import { TrafficPage } from './features/traffic/traffic-page.tsx';
import { type Page, useNavigation } from './stores/navigation-store.ts';
import { BrandMark } from './ui/brand-mark.tsx';
import { ConnectorStatus } from './ui/connector-status.tsx';
import { useText } from './ui/use-text.ts';
import styles from './app-shell.module.css';

const ITEMS: readonly { page: Page; icon: ReactElement; activeIcon: ReactElement }[] = [
  { page: 'overview', icon: <Home20Regular />, activeIcon: <Home20Filled /> },
  {
    page: 'applications',
    icon: <AppsListDetail20Regular />,
    activeIcon: <AppsListDetail20Filled />,
  },
  { page: 'traffic', icon: <Pulse20Regular />, activeIcon: <Pulse20Filled /> },
  { page: 'sessions', icon: <PeopleList20Regular />, activeIcon: <PeopleList20Filled /> },
  { page: 'connectors', icon: <Server20Regular />, activeIcon: <Server20Filled /> },
  { page: 'diagnostics', icon: <Stethoscope20Regular />, activeIcon: <Stethoscope20Filled /> },
  { page: 'settings', icon: <Settings20Regular />, activeIcon: <Settings20Filled /> },
];

const PAGES = {
  overview: OverviewPage,
  applications: ApplicationsPage,
  traffic: TrafficPage,
  sessions: SessionsPage,
  connectors: ConnectorsPage,
  diagnostics: DiagnosticsPage,
  settings: SettingsPage,
} as const;

/** Navigation at the left, the page beside it. */
export function AppShell(): ReactElement {
  const { page, visit, go } = useNavigation();
  const text = useText('shell');
  const CurrentPage = PAGES[page];
  return (
    <div className={styles['shell']}>
      <aside className={styles['side']}>
        <div className={styles['brand']}>
          <BrandMark size={28} />
          <span>Postern</span>
        </div>
        <nav aria-label={text.pages} className={styles['nav']}>
          {ITEMS.map((item) => (
            <button
              key={item.page}
              type="button"
              className={styles['item']}
              aria-current={item.page === page ? 'page' : undefined}
              onClick={() => go(item.page)}
            >
              {item.page === page ? item.activeIcon : item.icon}
              {text.page[item.page]}
            </button>
          ))}
        </nav>
        <ConnectorStatus />
      </aside>
      {/* Dialogs whose opener is gone give the focus to it. */}
      <main className={styles['page']} key={visit} tabIndex={-1}>
        <SignInAgain />
        <LeftBehindBar />
        <CaptureBar />
        <CurrentPage />
      </main>
    </div>
  );
}
