import { Button, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger, Spinner } from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download';
import { type ReactElement, useEffect, useState } from 'react';
import type { TrafficFilter } from '../../../src-shared/connector/traffic-filter.ts';
import type { ExportFormat, ExportProgress } from '../../../src-shared/connector/traffic-history.ts';
import { call, events } from '../../bridge/bridge.ts';
import { formatCount } from '../../ui/format.ts';
import { useNotify } from '../../ui/notify.tsx';
import { useText } from '../../ui/use-text.ts';
import styles from './filter-bar.module.css';

/** Writes what is filtered, of all that is kept, to a file; while that goes on it shows how far, and cancels. */
export function ExportMenu({ filter }: { readonly filter: TrafficFilter }): ReactElement {
  const text = useText('traffic');
  const notify = useNotify();
  const [isRunning, setRunning] = useState(false);
  const [progress, setProgress] = useState<ExportProgress | null>(null);
  useEffect(() => events.onTrafficExport(setProgress), []);
  const run = async (format: ExportFormat): Promise<void> => {
    setRunning(true);
    setProgress(null);
    try {
      const done = await call('exportTraffic', { format, filter });
      if (done !== null) notify.success(text.exported(formatCount(done.written), done.file));
    } catch (error) {
      notify.failure(text.exportFailed, error);
    } finally {
      setRunning(false);
    }
  };
  if (isRunning) {
    const share = progress === null || progress.total === 0 ? 0 : progress.looked / progress.total;
    return (
      <span className={styles['export']}>
        <Spinner size="extra-tiny" label={text.exporting(`${Math.min(100, Math.round(share * 100))} %`)} />
        <Button size="small" onClick={() => void call('cancelTrafficExport')}>
          {text.cancelExport}
        </Button>
      </span>
    );
  }
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button icon={<ArrowDownloadRegular />} appearance="subtle">
          {text.exportTitle}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem onClick={() => void run('csv')}>{text.exportCsv}</MenuItem>
          <MenuItem onClick={() => void run('har')}>{text.exportHar}</MenuItem>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
