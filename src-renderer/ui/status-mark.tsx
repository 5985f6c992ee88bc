import { CheckmarkCircle16Filled } from '@fluentui/react-icons/svg/checkmark-circle';
import { ErrorCircle16Filled } from '@fluentui/react-icons/svg/error-circle';
import { PauseCircle20Filled } from '@fluentui/react-icons/svg/pause-circle';
import { Warning16Filled } from '@fluentui/react-icons/svg/warning';
import type { ReactElement } from 'react';
import styles from './status-mark.module.css';

export type Status = 'ok' | 'degraded' | 'offline' | 'paused';

/** A state by colour and shape. Decorative: the words beside it say the same. */
export function StatusMark({ status }: { readonly status: Status }): ReactElement {
  const Icon =
    status === 'ok'
      ? CheckmarkCircle16Filled
      : status === 'degraded'
        ? Warning16Filled
        : status === 'offline'
          ? ErrorCircle16Filled
          : PauseCircle20Filled;
  return <Icon className={styles[status] ?? ''} width={16} height={16} aria-hidden="true" />;
}
