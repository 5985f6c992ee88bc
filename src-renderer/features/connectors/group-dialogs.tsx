import {
  Button,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogTitle,
  Field,
  Input,
} from '@fluentui/react-components';
import type { ReactElement } from 'react';
import type { ConnectorGroup } from '../../../src-shared/publishing/application.ts';
import { call } from '../../bridge/bridge.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { useNotify } from '../../ui/notify.tsx';
import { ProblemBar } from '../../ui/problem-bar.tsx';
import { useAction } from '../../ui/use-action.ts';
import { useInputOwner } from '../../ui/use-input-owner.ts';
import { useKeptInput } from '../../ui/use-kept-input.ts';
import { Modal } from '../../ui/modal.tsx';
import { useText } from '../../ui/use-text.ts';
import { SignInAgain } from '../sign-in/sign-in-again.tsx';
import styles from './connector-dialogs.module.css';
import { listNames } from './connector-view.ts';
import type { ConnectorLists } from './use-connector-lists.ts';

export interface CreateGroupDialogProps {
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Asks for the name of a new group. */
export function CreateGroupDialog({ onDone, onClose }: CreateGroupDialogProps): ReactElement {
  const { group: text } = useText('connectors');
  const shell = useText('shell');
  const notify = useNotify();
  const typed = useKeptInput('new-group', useInputOwner(), () => '');
  const { input: name } = typed;
  const close = (): void => {
    typed.forget();
    onClose();
  };
  const create = useAction(async () => {
    const made = await call('createConnectorGroup', { name: name.trim() });
    notify.success(text.made(made.name));
    onDone();
    close();
  });
  return (
    <Modal onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '') void create.run();
        }}
      >
        <DialogBody>
          <DialogTitle>{text.createTitle}</DialogTitle>
          <DialogContent className={styles['content'] ?? ''}>
            <SignInAgain isOverlay />
            <p>{text.createText}</p>
            <Field label={text.name}>
              <Input value={name} maxLength={120} onChange={(_event, { value }) => typed.change(value)} />
            </Field>
            {create.error === null ? null : <ProblemBar title={text.makeFailed} error={create.error} />}
          </DialogContent>
          <DialogActions>
            <Button appearance="primary" type="submit" disabledFocusable={create.isRunning || name.trim() === ''}>
              {create.isRunning ? text.making : text.makeIt}
            </Button>
            <Button onClick={close}>{shell.cancel}</Button>
          </DialogActions>
        </DialogBody>
      </form>
    </Modal>
  );
}

export interface DeleteGroupDialogProps extends CreateGroupDialogProps {
  readonly group: ConnectorGroup;
  readonly lists: ConnectorLists;
}

/** Asks before a group goes, or says why it can't (B67). */
export function DeleteGroupDialog({ group, lists, onDone, onClose }: DeleteGroupDialogProps): ReactElement {
  const words = useText('connectors');
  const { group: text } = words;
  const shell = useText('shell');
  const notify = useNotify();
  const remove = useAction(async () => {
    await call('deleteConnectorGroup', { id: group.id });
    notify.success(text.deleted(group.name));
    onDone();
    onClose();
  });
  const users = [...lists.connectors, ...lists.applications].filter(
    ({ connectorGroupId }) => connectorGroupId === group.id,
  );
  const names = users.map(({ displayName }) => displayName);
  const reason = group.isDefault ? text.isDefault : users.length > 0 ? text.inUse(listNames(names, words)) : null;
  return (
    <ConfirmDialog
      title={reason === null ? text.deleteTitle(group.name) : text.cannotTitle(group.name)}
      action={reason === null ? remove : null}
      label={text.delete}
      runningLabel={text.deleting}
      failedTitle={text.deleteFailed}
      cancelLabel={reason === null ? shell.cancel : text.close}
      contentClassName={styles['content']}
      onClose={onClose}
    >
      <SignInAgain isOverlay />
      <p>{reason ?? text.deleteText}</p>
    </ConfirmDialog>
  );
}
