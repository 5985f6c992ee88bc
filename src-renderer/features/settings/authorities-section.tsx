import { Button } from '@fluentui/react-components';
import { DeleteRegular } from '@fluentui/react-icons/svg/delete';
import type { ReactElement } from 'react';
import type { Authority } from '../../../src-shared/ipc/machine-settings.ts';
import { call } from '../../bridge/bridge.ts';
import { formatDate } from '../../ui/format.ts';
import { useNotify } from '../../ui/notify.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { focusPage } from '../../ui/use-return-focus.ts';
import { useText } from '../../ui/use-text.ts';
import { SettingsSection } from './settings-section.tsx';
import styles from './machine-sections.module.css';

export interface AuthoritiesSectionProps {
  readonly authorities: readonly Authority[];
  readonly onChanged: () => Promise<void>;
}

export function AuthoritiesSection({ authorities, onChanged }: AuthoritiesSectionProps): ReactElement {
  const text = useText('machineSettings');
  const notify = useNotify();
  const put = async (pem: string | null): Promise<number | null> => {
    const added = await call('addAuthorities', { pem });
    await onChanged();
    return added;
  };
  const add = useAction(async () => {
    const added = await put(null);
    if (added !== null) notify.success(text.authorityAdded(added));
  });
  const remove = useAction(async (fingerprint: string) => {
    const pem = await call('removeAuthority', { fingerprint });
    focusPage();
    await onChanged();
    notify.success(text.authorityRemoved, () => put(pem));
  });
  return (
    <SettingsSection title={text.authorities} text={text.authoritiesText}>
      {authorities.length === 0 ? (
        <p className={styles['note']}>{text.noAuthorities}</p>
      ) : (
        <ul className={styles['list']} aria-label={text.authorities}>
          {authorities.map((authority) => (
            <AuthorityRow
              key={authority.fingerprint}
              authority={authority}
              isBusy={remove.isRunning}
              onRemove={() => void remove.run(authority.fingerprint)}
            />
          ))}
        </ul>
      )}
      {add.error === null ? null : <ProblemBar title={text.addFailed} error={add.error} />}
      {remove.error === null ? null : <ProblemBar title={text.removeFailed} error={remove.error} />}
      <div>
        <Button disabledFocusable={add.isRunning} onClick={() => void add.run()}>
          {text.addAuthority}
        </Button>
      </div>
    </SettingsSection>
  );
}

interface AuthorityRowProps {
  readonly authority: Authority;
  readonly isBusy: boolean;
  readonly onRemove: () => void;
}

function AuthorityRow({ authority, isBusy, onRemove }: AuthorityRowProps): ReactElement {
  const { subject, issuer, expiresAtMs, isExpired, isRemovable } = authority;
  const text = useText('machineSettings');
  const date = formatDate(expiresAtMs);
  const facts = [
    issuer === subject ? text.ownRoot : text.issuedBy(issuer),
    isExpired ? text.expiredOn(date) : text.validUntil(date),
    ...(isRemovable ? [] : [text.fromStart]),
  ];
  return (
    <li className={styles['row']}>
      <div>
        <div className={styles['name']}>{subject}</div>
        <div className={styles['note']} data-expired={isExpired}>
          {facts.join(' · ')}
        </div>
      </div>
      {isRemovable ? (
        <Button
          appearance="subtle"
          icon={<DeleteRegular />}
          aria-label={text.removeAuthority(subject)}
          disabledFocusable={isBusy}
          onClick={onRemove}
        />
      ) : null}
    </li>
  );
}
