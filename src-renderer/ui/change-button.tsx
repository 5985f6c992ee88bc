import { Button, type ButtonProps, Tooltip } from '@fluentui/react-components';
import type { ReactElement } from 'react';
import { useChangeRefusal } from './use-change-refusal.ts';

export type ChangeButtonProps = Omit<Extract<ButtonProps, { as?: 'button' }>, 'onClick'> & {
  readonly onClick?: () => void;
};

/** A button that changes something at the service. For a reader it does nothing, can still be reached, and says why. */
export function ChangeButton({ onClick, ...props }: ChangeButtonProps): ReactElement {
  const refusal = useChangeRefusal();
  if (refusal === null) return <Button {...props} onClick={onClick} />;
  return (
    <Tooltip content={refusal} relationship="description">
      <Button {...props} type="button" disabledFocusable />
    </Tooltip>
  );
}
