import { FluentProvider, Spinner, Toaster } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { Wizard } from './features/wizard/wizard.tsx';
import { useAppStore } from './stores/app-store.ts';
import { AppShell } from './app-shell.tsx';
import { TOASTER_ID } from './ui/notify.tsx';
import { useText } from './ui/use-text.ts';
import { DARK_THEME, LIGHT_THEME } from './ui/theme.ts';
import { useIsDark } from './ui/use-is-dark.ts';
import styles from './app.module.css';

/** The window: the wizard until the connector is set up, the pages from then on. */
export function App(): ReactElement {
  // Not the whole state: the window would be made anew with each change of it.
  const isSetupFinished = useAppStore(({ state }) => state?.isSetupFinished ?? null);
  const isDark = useIsDark();
  const text = useText('shell');
  return (
    <FluentProvider theme={isDark ? DARK_THEME : LIGHT_THEME}>
      {/* The provider's own class goes to every popover, too: the size of the window belongs on an element within. */}
      <div className={styles['root']}>
        {isSetupFinished === null ? (
          <div className={styles['loading']}>
            <Spinner label={text.starting} />
          </div>
        ) : isSetupFinished ? (
          <AppShell />
        ) : (
          <Wizard />
        )}
      </div>
      <Toaster toasterId={TOASTER_ID} position="bottom-end" />
    </FluentProvider>
  );
}
