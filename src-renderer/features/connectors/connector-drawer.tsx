import {
  Button,
  DrawerBody,
  DrawerFooter,
  Dropdown,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  Option,
} from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';
import type { Connector } from '../../../src-shared/publishing/application.ts';
import { call } from '../../bridge/bridge.ts';
import { useAppState } from '../../stores/app-store.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatCount, formatDate, formatDateTime } from '../../ui/format.ts';
import { useNotify } from '../../ui/notify.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { SideDrawer } from '../../ui/side-drawer.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useChangeRefusal } from '../../ui/use-change-refusal.ts';
import { useInputOwner } from '../../ui/use-input-owner.ts';
import { useKeptInput } from '../../ui/use-kept-input.ts';
import { FIRST_FOCUS } from '../../ui/use-return-focus.ts';
import { useText } from '../../ui/use-text.ts';
import { SignInAgain } from '../sign-in/sign-in-again.tsx';
import styles from './connector-dialogs.module.css';
import {
  describeCertificate,
  describeEnrolment,
  describeRate,
  describeRunning,
  describeState,
  findLosses,
  isOlder,
  stateOf,
} from './connector-view.ts';
import type { ConnectorLists } from './use-connector-lists.ts';

export interface ConnectorDrawerProps {
  readonly connector: Connector;
  readonly lists: ConnectorLists;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

const WIDTH_PX = 480;

interface Place {
  readonly name: string;
  readonly groupId: string;
}
const UNTOUCHED: Partial<Place> = {};

/** All that is known of a connector; its name and group can be changed. */
export function ConnectorDrawer({ connector, lists, onChanged, onClose }: ConnectorDrawerProps): ReactElement {
  const text = useText('connectors');
  const shell = useText('shell');
  const refusal = useChangeRefusal();
  const notify = useNotify();
  const { id, displayName, connectorGroupId } = connector;
  const typed = useKeptInput('connector', [useInputOwner(), id], () => UNTOUCHED);
  const saved: Place = { name: displayName, groupId: connectorGroupId };
  // What nobody touches here stays what it is, should somebody else change it meanwhile.
  const { name = saved.name, groupId = saved.groupId } = typed.input;
  const close = (): void => {
    typed.forget();
    onClose();
  };
  const wanted: Place = { name: name.trim(), groupId };
  const isMoved = groupId !== connectorGroupId;
  const isChanged = wanted.name !== displayName || isMoved;
  const losses = isMoved ? findLosses(connector, lists, text) : null;
  const put = async (from: Place, to: Place): Promise<void> => {
    try {
      if (to.name !== from.name) await call('updateConnector', { id, patch: { displayName: to.name } });
      if (to.groupId !== from.groupId) await call('moveConnector', { id, connectorGroupId: to.groupId });
    } finally {
      // The first of the two may have gone well.
      onChanged();
    }
  };
  const save = useAction(async () => {
    await put(saved, wanted);
    notify.success(text.detail.saved(wanted.name), () => put(wanted, saved));
    close();
  });
  return (
    <SideDrawer title={displayName} closeLabel={text.detail.close} widthPx={WIDTH_PX} onClose={close}>
      <DrawerBody tabIndex={0}>
        <SignInAgain isOverlay />
        <form
          id="connector"
          className={styles['form']}
          onSubmit={(event) => {
            event.preventDefault();
            if (isChanged && wanted.name !== '') void save.run();
          }}
        >
          {refusal === null ? null : (
            <MessageBar intent="info" layout="multiline">
              <MessageBarBody>{refusal}</MessageBarBody>
            </MessageBar>
          )}
          {save.error === null ? null : <ProblemBar title={text.detail.saveFailed} error={save.error} />}
          <Field label={text.detail.name}>
            <Input
              {...FIRST_FOCUS}
              value={name}
              maxLength={120}
              disabled={refusal !== null}
              onChange={(_event, { value }) => typed.change({ ...typed.input, name: value })}
            />
          </Field>
          <Field label={text.detail.group} hint={text.detail.groupHint}>
            <Dropdown
              value={lists.groups.find((group) => group.id === groupId)?.name ?? ''}
              selectedOptions={[groupId]}
              disabled={refusal !== null}
              onOptionSelect={(_event, { optionValue }) =>
                typed.change({ ...typed.input, groupId: optionValue ?? groupId })
              }
            >
              {lists.groups.map((group) => (
                <Option key={group.id} value={group.id} text={group.name}>
                  {group.name}
                </Option>
              ))}
            </Dropdown>
          </Field>
          {losses === null ? null : (
            <MessageBar intent="warning" layout="multiline" data-testid="losses">
              <MessageBarBody>{losses}</MessageBarBody>
            </MessageBar>
          )}
        </form>
        <Facts connector={connector} lists={lists} />
      </DrawerBody>
      <DrawerFooter>
        <ChangeButton
          appearance="primary"
          type="submit"
          form="connector"
          disabledFocusable={save.isRunning || !isChanged || wanted.name === ''}
        >
          {save.isRunning ? text.detail.saving : text.detail.save}
        </ChangeButton>
        <Button onClick={close}>{refusal === null ? shell.cancel : text.detail.close}</Button>
      </DrawerFooter>
    </SideDrawer>
  );
}

function Facts({ connector, lists }: Pick<ConnectorDrawerProps, 'connector' | 'lists'>): ReactElement {
  const text = useText('connectors');
  const { detail } = text;
  const serviceVersion = useAppState((state) => state.service?.version ?? '');
  const { configurationProblem, configurationVersion, rejectedApplications } = connector;
  const nowMs = lists.readAtMs;
  const expiry = detail.validUntil(formatDateTime(Date.parse(connector.certificateExpiryDateTime)));
  const created = formatDate(Date.parse(connector.createdDateTime));
  return (
    <section aria-label={detail.facts}>
      <dl className={styles['facts']}>
        <Fact label={detail.status}>
          {text.status[stateOf(connector)]}, {describeState(connector, text)}
        </Fact>
        <Fact label={detail.load}>
          {describeRate(connector, text)}, {describeRunning(connector, text)}
        </Fact>
        <Fact label={detail.machine}>{connector.machineName}</Fact>
        <Fact label={detail.system}>{connector.operatingSystem ?? detail.unknown}</Fact>
        <Fact label={detail.address}>{connector.externalIp ?? detail.unknown}</Fact>
        <Fact label={detail.version}>
          {connector.version}
          {isOlder(connector, serviceVersion) ? ` (${text.olderThan(serviceVersion)})` : ''}
        </Fact>
        <Fact label={detail.certificate}>
          {expiry} ({describeCertificate(connector, nowMs, text)})
        </Fact>
        {configurationVersion === null ? null : (
          <Fact label={detail.configuration}>{detail.configurationVersion(formatCount(configurationVersion))}</Fact>
        )}
        <Fact label={detail.enrolled}>{detail.enrolledAt(created, describeEnrolment(connector, lists, text))}</Fact>
        <Fact label={detail.id}>
          {connector.id} <CopyButton text={connector.id} label={detail.id} />
        </Fact>
        {configurationProblem === null ? null : (
          <Fact label={detail.rejected}>
            {rejectedApplications.length === 0
              ? text.staysInForce(configurationProblem)
              : rejectedApplications.map(({ applicationId, displayName, reason }) => (
                  <p key={applicationId}>{text.staysInForce(`${displayName}: ${reason}`)}</p>
                ))}
          </Fact>
        )}
      </dl>
    </section>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }): ReactElement {
  return (
    <>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </>
  );
}
