import { DialogBody, DialogTitle } from '@fluentui/react-components';
import { type ReactElement, useState } from 'react';
import type { ConnectorGroup } from '../../../src-shared/publishing/application.ts';
import type { EnrolmentTokenCreated } from '../../../src-shared/publishing/enrolment-token.ts';
import { Modal } from '../../ui/modal.tsx';
import { useInputOwner } from '../../ui/use-input-owner.ts';
import { useKeptInput } from '../../ui/use-kept-input.ts';
import { useText } from '../../ui/use-text.ts';
import { FRESH_INSTALLATION, InstallForm } from './install-form.tsx';
import { InstallResult } from './install-result.tsx';

export interface InstallDialogProps {
  readonly groups: readonly ConnectorGroup[];
  readonly serviceUrl: string;
  readonly onClose: () => void;
}

/** Makes a token, then shows the line that turns another machine into a connector. */
export function InstallDialog({ groups, serviceUrl, onClose }: InstallDialogProps): ReactElement {
  // A secret, and so not kept.
  const [token, setToken] = useState<EnrolmentTokenCreated | null>(null);
  const typed = useKeptInput('installation', useInputOwner(), () => FRESH_INSTALLATION);
  const close = (): void => {
    typed.forget();
    onClose();
  };
  const { installation: text } = useText('connectors');
  return (
    // The token is shown this once: a click beside the dialog must not lose it.
    <Modal isAlert onClose={close}>
      <DialogBody>
        <DialogTitle>{token === null ? text.title : text.resultTitle}</DialogTitle>
        {token === null ? (
          <InstallForm groups={groups} typed={typed} onMade={setToken} onClose={close} />
        ) : (
          <InstallResult token={token} serviceUrl={serviceUrl} onClose={close} />
        )}
      </DialogBody>
    </Modal>
  );
}
