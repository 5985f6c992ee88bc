import { Button, Tooltip } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { useText } from '../../ui/use-text.ts';
import styles from './step-frame.module.css';

interface NextStep {
  readonly label: string;
  readonly isDisabled?: boolean;
  /** Why it is disabled, where that is not plain to see. */
  readonly reason?: string | null;
  readonly run: () => void;
}

export interface StepFrameProps {
  readonly title: string;
  readonly intro: ReactNode;
  readonly children: ReactNode;
  readonly onBack: (() => void) | null;
  readonly next?: NextStep | undefined;
  /** A quieter way on, beside "next". */
  readonly other?: { readonly label: string; readonly run: () => void } | undefined;
}

/** Heading, explanation, the step's own fields, and the way back and on. Enter goes on. */
export function StepFrame({ title, intro, children, onBack, next, other }: StepFrameProps): ReactElement {
  const text = useText('wizard');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <form
      className={styles['frame']}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (next !== undefined && next.isDisabled !== true) next.run();
      }}
    >
      <h1 className={styles['title']} tabIndex={-1} ref={heading}>
        {title}
      </h1>
      <p className={styles['intro']}>{intro}</p>
      <div className={styles['fields']}>{children}</div>
      <footer className={styles['footer']}>
        {onBack === null ? null : (
          <Button type="button" onClick={onBack}>
            {text.back}
          </Button>
        )}
        <span className={styles['space']} />
        {other === undefined ? null : (
          <Button type="button" appearance="subtle" onClick={other.run}>
            {other.label}
          </Button>
        )}
        {next === undefined ? null : <NextButton {...next} />}
      </footer>
    </form>
  );
}

function NextButton({ label, isDisabled = false, reason = null }: NextStep): ReactElement {
  const button = (
    <Button type="submit" appearance="primary" disabledFocusable={isDisabled}>
      {label}
    </Button>
  );
  if (!isDisabled || reason === null) return button;
  return (
    <Tooltip content={reason} relationship="description">
      {button}
    </Tooltip>
  );
}
