import { Button, Spinner } from '@fluentui/react-components';
import { ArrowDownloadRegular } from '@fluentui/react-icons/svg/arrow-download';
import { BoxRegular } from '@fluentui/react-icons/svg/box';
import { type ReactElement, useState } from 'react';
import type { BundleFile } from '../../../src-shared/ipc/diagnostics-models.ts';
import { call } from '../../bridge/bridge.ts';
import { formatBytes } from '../../ui/format.ts';
import { useNotify } from '../../ui/notify.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useText } from '../../ui/use-text.ts';
import styles from './bundle-panel.module.css';
import pageStyles from './diagnostics-page.module.css';

/** Puts a support bundle together, shows all that is in it, and saves it. */
export function BundlePanel(): ReactElement {
  const { bundle: text } = useText('diagnostics');
  const notify = useNotify();
  const [files, setFiles] = useState<readonly BundleFile[] | null>(null);
  const [chosen, setChosen] = useState(0);
  const make = useAction(async () => {
    setFiles(await call('makeBundle'));
    setChosen(0);
  });
  const save = useAction(async () => {
    const saved = await call('saveBundle');
    if (saved !== null) notify.success(text.saved(saved.file));
  });
  const file = files?.[chosen];
  return (
    <>
      <p className={pageStyles['intro']}>{text.intro}</p>
      <div className={pageStyles['bar']}>
        <Button
          appearance={files === null ? 'primary' : 'secondary'}
          icon={make.isRunning ? <Spinner size="extra-tiny" /> : <BoxRegular />}
          disabledFocusable={make.isRunning}
          onClick={() => void make.run()}
        >
          {make.isRunning ? text.making : files === null ? text.make : text.makeAgain}
        </Button>
        {files === null ? null : (
          <Button
            appearance="primary"
            icon={<ArrowDownloadRegular />}
            disabledFocusable={save.isRunning || make.isRunning}
            onClick={() => void save.run()}
          >
            {save.isRunning ? text.saving : text.save}
          </Button>
        )}
      </div>
      {make.error === null ? null : <ProblemBar title={text.failed} error={make.error} />}
      {save.error === null ? null : <ProblemBar title={text.saveFailed} error={save.error} />}
      {files === null || file === undefined ? null : (
        <div className={styles['split']}>
          <ul className={styles['files']} aria-label={text.files}>
            {files.map(({ name, bytes }, index) => (
              <li key={name}>
                <button
                  type="button"
                  className={styles['file']}
                  aria-current={index === chosen ? 'true' : undefined}
                  onClick={() => setChosen(index)}
                >
                  <span className={styles['name']}>{name}</span>
                  <span className={styles['size']}>{formatBytes(bytes)}</span>
                </button>
              </li>
            ))}
          </ul>
          <div className={styles['preview']}>
            {/* What scrolls is reached by the keyboard. */}
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <pre className={styles['text']} aria-label={text.preview(file.name)} tabIndex={0} role="region">
              {file.preview}
            </pre>
            {file.isCut ? <p className={styles['cut']}>{text.cut}</p> : null}
          </div>
        </div>
      )}
    </>
  );
}
