import { Button, Toast, ToastBody, ToastTitle, ToastTrigger, useToastController } from '@fluentui/react-components';
import { focusPage } from './use-return-focus.ts';
import { useText } from './use-text.ts';
import { CallError } from '../bridge/bridge.ts';

export const TOASTER_ID = 'postern';

export interface Notify {
  readonly success: (title: string, undo?: () => void) => void;
  readonly failure: (title: string, error: unknown) => void;
}

/** Short messages at the window's corner. */
export function useNotify(): Notify {
  const { dispatchToast } = useToastController(TOASTER_ID);
  const text = useText('shell');
  return {
    success: (title, undo) => {
      const action =
        undo === undefined ? null : (
          <ToastTrigger>
            <Button
              appearance="transparent"
              size="small"
              onClick={() => {
                // With the focus among them the other messages would stay for good: what has it is about to go.
                focusPage();
                undo();
              }}
            >
              {text.undo}
            </Button>
          </ToastTrigger>
        );
      dispatchToast(
        <Toast data-testid="message">
          <ToastTitle action={action}>{title}</ToastTitle>
        </Toast>,
        { intent: 'success', timeout: undo === undefined ? 3000 : 8000 },
      );
    },
    failure: (title, error) => {
      const message = error instanceof Error ? error.message : String(error);
      const remedy = error instanceof CallError && error.remedy !== null ? ` ${error.remedy}` : '';
      dispatchToast(
        <Toast data-testid="message">
          <ToastTitle>{title}</ToastTitle>
          <ToastBody>{message + remedy}</ToastBody>
        </Toast>,
        { intent: 'error', timeout: 10_000 },
      );
    },
  };
}
