import { Button, Toast, ToastBody, ToastTitle, useToastController } from '@fluentui/react-components';
import { offerUndo } from './undo-key.ts';
import { focusPage } from './use-return-focus.ts';
import { useText } from './use-text.ts';
import { CallError } from '../bridge/bridge.ts';

export const TOASTER_ID = 'postern';

export interface Notify {
  readonly success: (title: string, undo?: () => Promise<unknown>) => void;
  /** Something that happened by itself, or elsewhere. */
  readonly hint: (title: string) => void;
  readonly failure: (title: string, error: unknown) => void;
}

/** Short messages at the window's corner. */
export function useNotify(): Notify {
  const { dispatchToast, dismissToast } = useToastController(TOASTER_ID);
  const text = useText('shell');
  const failure = (title: string, error: unknown): void => {
    const message = error instanceof Error ? error.message : String(error);
    const remedy = error instanceof CallError && error.remedy !== null ? ` ${error.remedy}` : '';
    dispatchToast(
      <Toast data-testid="message">
        <ToastTitle>{title}</ToastTitle>
        <ToastBody>{message + remedy}</ToastBody>
      </Toast>,
      { intent: 'error', timeout: 10_000 },
    );
  };
  return {
    success: (title, undo) => {
      const toastId = crypto.randomUUID();
      const offered =
        undo === undefined
          ? null
          : offerUndo(() => {
              dismissToast(toastId);
              undo().catch((error: unknown) => failure(text.undoFailed, error));
            });
      const action =
        offered === null ? null : (
          <Button
            appearance="transparent"
            size="small"
            aria-keyshortcuts="Control+Z Meta+Z"
            onClick={() => {
              // With the focus among them the other messages would stay for good: what has it is about to go.
              focusPage();
              offered.takeBack();
            }}
          >
            {text.undo}
          </Button>
        );
      dispatchToast(
        <Toast data-testid="message">
          <ToastTitle action={action}>{title}</ToastTitle>
        </Toast>,
        {
          toastId,
          intent: 'success',
          timeout: offered === null ? 3000 : 8000,
          onStatusChange: (_event, { status }) => {
            if (status === 'unmounted') offered?.withdraw();
          },
        },
      );
    },
    hint: (title) =>
      dispatchToast(
        <Toast data-testid="message">
          <ToastTitle>{title}</ToastTitle>
        </Toast>,
        { intent: 'info', timeout: 8000 },
      ),
    failure,
  };
}
