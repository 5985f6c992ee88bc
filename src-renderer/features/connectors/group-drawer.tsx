import { DrawerBody, Dropdown, Field, Input, MessageBar, MessageBarBody, Option } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import type { ConnectorGroup } from '../../../src-shared/publishing/application.ts';
import { call } from '../../bridge/bridge.ts';
import { ChangeButton } from '../../ui/change-button.tsx';
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
import { findLosses, findUnserved } from './connector-view.ts';
import { LossDialog } from './loss-dialog.tsx';
import type { ConnectorLists } from './use-connector-lists.ts';

export interface GroupDrawerProps {
  readonly group: ConnectorGroup;
  readonly lists: ConnectorLists;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** Something that is in one group at a time. */
interface Member {
  readonly id: string;
  readonly displayName: string;
  readonly connectorGroupId: string;
}

interface Move {
  readonly kind: 'connector' | 'application';
  readonly member: Member;
  readonly to: ConnectorGroup;
}

const WIDTH_PX = 520;

/** A group: its name, its connectors and the applications that they serve, each of which can be moved. */
export function GroupDrawer({ group, lists, onChanged, onClose }: GroupDrawerProps): ReactElement {
  const words = useText('connectors');
  const { group: text, detail } = words;
  const refusal = useChangeRefusal();
  const notify = useNotify();
  const typed = useKeptInput<string | null>('group', [useInputOwner(), group.id], () => null);
  // What nobody touches here stays what it is, should somebody else change it meanwhile.
  const name = typed.input ?? group.name;
  const wanted = name.trim();
  const put = async (to: string): Promise<void> => {
    await call('renameConnectorGroup', { id: group.id, name: to });
    onChanged();
  };
  const rename = useAction(async () => {
    await put(wanted);
    notify.success(detail.saved(wanted), () => put(group.name));
    typed.forget();
  });
  const [asked, setAsked] = useState<(Move & { readonly losses: string }) | null>(null);
  const send = async ({ kind, member: { id } }: Move, to: ConnectorGroup): Promise<void> => {
    if (kind === 'connector') await call('moveConnector', { id, connectorGroupId: to.id });
    else await call('updateApplication', { id, patch: { connectorGroupId: to.id } });
    onChanged();
  };
  const move = useAction(async (wish: Move) => {
    const { member, to } = wish;
    await send(wish, to);
    const from = lists.groups.find(({ id }) => id === member.connectorGroupId);
    notify.success(text.moved(member.displayName, to.name), from && (() => send(wish, from)));
    setAsked(null);
  });
  const ask = (wish: Move): void => {
    const { member, to } = wish;
    move.clear();
    const connector = lists.connectors.find(({ id }) => id === member.id);
    const losses =
      connector === undefined
        ? findUnserved(member.displayName, to, lists, words)
        : findLosses(connector, lists, words);
    if (losses === null) void move.run(wish);
    else setAsked({ ...wish, losses });
  };
  const isChanged = wanted !== group.name && wanted !== '';
  return (
    <SideDrawer
      title={group.name}
      closeLabel={text.close}
      widthPx={WIDTH_PX}
      onClose={() => {
        typed.forget();
        onClose();
      }}
    >
      <DrawerBody tabIndex={0}>
        <SignInAgain isOverlay />
        <div className={styles['form']}>
          {refusal === null ? null : (
            <MessageBar intent="info" layout="multiline">
              <MessageBarBody>{refusal}</MessageBarBody>
            </MessageBar>
          )}
          <form
            className={styles['content']}
            onSubmit={(event) => {
              event.preventDefault();
              if (isChanged) void rename.run();
            }}
          >
            {rename.error === null ? null : <ProblemBar title={detail.saveFailed} error={rename.error} />}
            <Field label={text.name}>
              <Input
                {...FIRST_FOCUS}
                value={name}
                maxLength={120}
                disabled={refusal !== null}
                onChange={(_event, { value }) => typed.change(value)}
                contentAfter={
                  <ChangeButton
                    size="small"
                    appearance="transparent"
                    type="submit"
                    disabledFocusable={!isChanged || rename.isRunning}
                  >
                    {detail.save}
                  </ChangeButton>
                }
              />
            </Field>
          </form>
          {move.error === null || asked !== null ? null : <ProblemBar title={text.moveFailed} error={move.error} />}
          <Members
            title={text.connectors}
            none={text.noConnectors}
            bring={text.addConnector}
            members={lists.connectors}
            group={group}
            groups={lists.groups}
            isRefused={refusal !== null}
            onMove={(member, to) => ask({ kind: 'connector', member, to })}
          />
          <Members
            title={text.applications}
            none={text.noApplications}
            bring={text.addApplication}
            members={lists.applications}
            group={group}
            groups={lists.groups}
            isRefused={refusal !== null}
            onMove={(member, to) => ask({ kind: 'application', member, to })}
          />
        </div>
        {asked === null ? null : (
          <LossDialog
            title={words.moveTitle(asked.member.displayName, asked.to.name)}
            losses={asked.losses}
            action={{ ...move, run: () => move.run(asked) }}
            label={words.move}
            runningLabel={words.moving}
            failedTitle={text.moveFailed}
            onClose={() => {
              move.clear();
              setAsked(null);
            }}
          />
        )}
      </DrawerBody>
    </SideDrawer>
  );
}

interface MembersProps {
  readonly title: string;
  readonly none: string;
  readonly bring: string;
  /** Of every group. */
  readonly members: readonly Member[];
  readonly group: ConnectorGroup;
  readonly groups: readonly ConnectorGroup[];
  readonly isRefused: boolean;
  readonly onMove: (member: Member, to: ConnectorGroup) => void;
}

function Members({ title, none, bring, members, group, groups, isRefused, onMove }: MembersProps): ReactElement {
  const { group: text } = useText('connectors');
  const own = members.filter(({ connectorGroupId }) => connectorGroupId === group.id);
  const others = members.filter(({ connectorGroupId }) => connectorGroupId !== group.id);
  const nameOf = (id: string): string => groups.find((each) => each.id === id)?.name ?? '';
  return (
    <section aria-label={title} className={styles['content']}>
      <h3 className={styles['title']}>{title}</h3>
      {own.length === 0 ? <p className={styles['none']}>{none}</p> : null}
      <ul className={styles['members']}>
        {own.map((member) => (
          <li key={member.id} className={styles['member']}>
            <span className={styles['memberName']} title={member.displayName}>
              {member.displayName}
            </span>
            {groups.length < 2 ? null : (
              <Dropdown
                size="small"
                className={styles['move'] ?? ''}
                aria-label={text.moveOf(member.displayName)}
                placeholder={text.moveTo}
                value=""
                selectedOptions={[]}
                disabled={isRefused}
                onOptionSelect={(_event, { optionValue }) => {
                  const to = groups.find(({ id }) => id === optionValue);
                  if (to !== undefined) onMove(member, to);
                }}
              >
                {groups
                  .filter(({ id }) => id !== group.id)
                  .map(({ id, name }) => (
                    <Option key={id} value={id} text={name}>
                      {name}
                    </Option>
                  ))}
              </Dropdown>
            )}
          </li>
        ))}
      </ul>
      {others.length === 0 ? null : (
        <Field label={bring}>
          <Dropdown
            placeholder={text.choose}
            value=""
            selectedOptions={[]}
            disabled={isRefused}
            onOptionSelect={(_event, { optionValue }) => {
              const member = others.find(({ id }) => id === optionValue);
              if (member !== undefined) onMove(member, group);
            }}
          >
            {others.map((member) => {
              const label = text.fromGroup(member.displayName, nameOf(member.connectorGroupId));
              return (
                <Option key={member.id} value={member.id} text={label}>
                  {label}
                </Option>
              );
            })}
          </Dropdown>
        </Field>
      )}
    </section>
  );
}
